package dev.malloc9.shell;

import dev.malloc9.kernel.Kernel;
import dev.malloc9.shell.batch.Lines;
import dev.malloc9.shell.view.ViewConverter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/** The commands of a kernel in a session of the real Gogo, with the commands {@code each}, {@code cat} and {@code head} of Gogo. */
final class GogoLines implements AutoCloseable {

    private final Kernel kernel = Kernel.boot();
    private final ThreadIOImpl streams = new ThreadIOImpl();
    private final CommandProcessorImpl processor;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CommandSession session;
    private final Lines script;

    GogoLines() {
        RunningKernel running = new RunningKernel();
        running.bind(kernel.runtime());
        running.bindSysctl(kernel.sysctl());
        running.bindOperator(kernel.operator());
        streams.start();
        processor = new CommandProcessorImpl(streams);
        processor.addConverter(new ViewConverter());
        add("vmstat", new Vmstat(running));
        add("show", new Show(running));
        add("leaks", new Leaks(running));
        add("whatis", new Whatis(running));
        add("panics", new Panics(running));
        add("suspects", new Suspects(running));
        add("level", new Levels(running));
        add("verify", new Verify(running));
        add("sysctl", new SysctlCommand(running));
        add("memguard", new Memguard(running));
        add("dmesg", new Dmesg(running));
        Stream.of("each", "if", "not").forEach(name -> processor.addCommand("gogo", new Procedural(), name));
        Stream.of("cat", "head", "echo", "grep")
                .forEach(name -> processor.addCommand("gogo", new Posix(processor), name));
        PrintStream output = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream error = new PrintStream(err, true, StandardCharsets.UTF_8);
        session = processor.createSession(new ByteArrayInputStream(new byte[0]), output, error);
        session.put("SCOPE", "malloc9:gogo:*");
        script = new Lines(session, output, error);
    }

    void add(String name, Object command) {
        processor.addCommand("malloc9", command, name);
    }

    /** Runs a text as a batch, and returns its standard output. */
    String batch(String text) {
        out.reset();
        err.reset();
        script.run(text);
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Returns the error messages of the last batch. */
    List<String> errors() {
        return err.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Runs a line as the prompt does, and returns the text that is then on the screen, including the result of the line. */
    String prompt(String line) throws Exception {
        out.reset();
        Object result = session.execute(line);
        return out.toString(StandardCharsets.UTF_8)
                + (result == null ? "" : session.format(result, Converter.INSPECT) + "\n");
    }

    @Override
    public void close() {
        session.close();
        processor.stop();
        streams.stop();
        kernel.close();
    }
}
