package malloc9.itests;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/** A Gogo session that keeps what its commands print. */
final class GogoSession implements AutoCloseable {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    private final CommandSession session;

    GogoSession(CommandProcessor processor) {
        session = processor.createSession(InputStream.nullInputStream(), out, out);
    }

    /**
     * Runs a line and returns what it printed, then its result in the form that the shell shows.
     *
     * @throws Exception what the command threw
     */
    String run(String line) throws Exception {
        printed.reset();
        Object result = session.execute(line);
        if (result != null) {
            out.print(session.format(result, Converter.INSPECT));
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        session.close();
    }
}
