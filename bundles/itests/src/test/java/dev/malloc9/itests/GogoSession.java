package dev.malloc9.itests;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/** A Gogo session that captures the output of its commands. */
final class GogoSession implements AutoCloseable {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    private final CommandSession session;

    GogoSession(CommandProcessor processor) {
        session = processor.createSession(InputStream.nullInputStream(), out, out);
    }

    /**
     * Runs a line and returns its output without the last line feed. If the line has a result that was not printed, it follows in the
     * format of the shell.
     *
     * @throws Exception the exception of the command
     */
    String run(String line) throws Exception {
        printed.reset();
        Object result = session.execute(line);
        if (result != null) {
            out.println(session.format(result, Converter.INSPECT));
        }
        String text = printed.toString(StandardCharsets.UTF_8);
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public void close() {
        session.close();
    }
}
