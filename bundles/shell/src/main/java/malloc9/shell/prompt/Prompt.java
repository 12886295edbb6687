package malloc9.shell.prompt;

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

/** The prompt that an operator may be typing at, seen from a thread that has news. */
@Component(service = Prompt.class)
public final class Prompt {

    private final ThreadIO streams;

    /** Prints a text above the prompt; null while there is no terminal. */
    private final AtomicReference<@Nullable Consumer<String>> terminal = new AtomicReference<>();

    @Activate
    public Prompt(@Reference ThreadIO streams) {
        this.streams = streams;
    }

    /** From now on, news is printed so. */
    void attach(Consumer<String> printer) {
        terminal.set(printer);
    }

    /**
     * Runs the action. What it prints on this thread stands above the prompt, in one piece, and what is being typed
     * there stays as it is; without a terminal it is printed as ever.
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
