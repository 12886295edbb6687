package dev.malloc9.shell.batch;

import java.io.PrintStream;
import org.apache.felix.service.command.CommandSession;

/** A batch for tests of other packages. Each text is run as by {@code felix-config/run -c}. */
public final class Lines {

    private final Script script;

    /** Creates a batch that runs in a session of the test. */
    public Lines(CommandSession session, PrintStream out, PrintStream err) {
        script = new Script(session, out, err);
    }

    /** Runs the statements of a text, and returns true if all of them passed. A failed statement does not stop the batch. */
    public boolean run(String text) {
        return script.run(text, false);
    }
}
