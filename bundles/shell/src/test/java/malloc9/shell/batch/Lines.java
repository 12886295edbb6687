package malloc9.shell.batch;

import java.io.PrintStream;
import org.apache.felix.service.command.CommandSession;

/** A batch for tests of other packages: each text is run as {@code felix-config/run -c} would. */
public final class Lines {

    private final Script script;

    /** A batch in a session of the test's. */
    public Lines(CommandSession session, PrintStream out, PrintStream err) {
        script = new Script(session, out, err);
    }

    /** Whether all statements passed. */
    public boolean run(String text) {
        return script.run(text, false);
    }
}
