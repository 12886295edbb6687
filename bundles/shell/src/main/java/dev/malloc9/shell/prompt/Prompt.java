package dev.malloc9.shell.prompt;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.felix.service.threadio.ThreadIO;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The prompt at which an operator may be typing, for threads that print text in the meantime. */
@Component(service = Prompt.class)
public final class Prompt {

    private final ThreadIO streams;

    /** The function that prints a text above the prompt; null before a terminal is attached. */
    private final AtomicReference<@Nullable Consumer<String>> terminal = new AtomicReference<>();

    @Activate
    public Prompt(@Reference ThreadIO streams) {
        this.streams = streams;
    }

    /** Sets the function that prints a text above the prompt, in place of any former one. */
    void attach(Consumer<String> printer) {
        terminal.set(printer);
    }

    /**
     * Runs the action on this thread. The standard and error output of this thread is printed above the prompt, in one piece, after the
     * action has ended. The line that is being typed is preserved. The action has no input.
     *
     * <p>Without a terminal, the output is printed as usual. If the action throws an exception, its output above the prompt is lost.
     */
    public void above(Runnable action) {
        Consumer<String> printer = terminal.get();
        if (printer == null) {
            action.run();
            return;
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            streams.setStreams(InputStream.nullInputStream(), out, out);
            try {
                action.run();
            } finally {
                streams.close();
            }
        }
        String text = said.toString(StandardCharsets.UTF_8).stripTrailing();
        if (!text.isEmpty()) {
            printer.accept(text);
        }
    }
}
