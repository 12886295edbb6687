package malloc9.shell.batch;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import malloc9.memstat.view.Printable;
import malloc9.shell.output.MissingValue;
import malloc9.shell.output.Output;
import malloc9.shell.output.OutputFailed;
import malloc9.shell.output.Results;
import malloc9.shell.output.Statements;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.gogo.runtime.Parser;
import org.apache.felix.gogo.runtime.Parser.Executable;
import org.apache.felix.gogo.runtime.Parser.Pipeline;
import org.apache.felix.gogo.runtime.Parser.Program;
import org.apache.felix.gogo.runtime.Parser.Statement;
import org.apache.felix.gogo.runtime.SyntaxError;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.jspecify.annotations.Nullable;

/**
 * Runs a text of commands, one top-level statement after the other, as a shell runs a script: results are printed, a
 * failure is one line {@code NAME: message} on the error stream, and the next statement runs all the same.
 *
 * <p>Statements that {@code &&} and {@code ||} join are one. A command that sets an exit status without a message
 * ({@code grep} that finds nothing) has failed too.
 */
final class Script {

    private static final String NAME = "batch";

    /** Characters of a message. */
    private static final int LONGEST = 2000;

    private final CommandSession session;
    private final PrintStream out;
    private final PrintStream err;
    private final @Nullable Console console;

    /** Whether the running statement has lost output. Written by threads of jobs. */
    private volatile boolean lost;

    /** The last top-level job that ended; written by the thread that ran it. */
    private volatile @Nullable Job last;

    Script(CommandSession session, PrintStream out, PrintStream err) {
        this(session, out, err, null);
    }

    /** @param console of the process; null if the output is not that of a process */
    Script(CommandSession session, PrintStream out, PrintStream err, @Nullable Console console) {
        this.console = console;
        this.session = session;
        this.out = out;
        this.err = err;
        session.setJobListener((job, previous, current) -> {
            if (current == Job.Status.Done) {
                lost |= job.processes().stream().anyMatch(Output::isLost);
                if (job.parent() == null) {
                    last = job;
                }
            }
        });
    }

    /**
     * Runs the text; a syntax error anywhere keeps all of it from running.
     *
     * @param errexit whether the first failure ends the run
     * @return whether all statements passed
     */
    boolean run(String text, boolean errexit) {
        List<Program> statements;
        try {
            statements = Statements.split(new Parser(text).program());
        } catch (SyntaxError e) {
            complain(NAME + ": syntax error at " + (e.line() + 1) + "." + (e.column() + 1) + ": " + e.getMessage());
            return false;
        }
        boolean passed = true;
        for (Program statement : statements) {
            if ((!passed && errexit) || isReaderGone()) {
                break;
            }
            passed &= execute(statement);
            out.flush();
            err.flush();
        }
        return passed;
    }

    private boolean execute(Program statement) {
        last = null;
        lost = false;
        try {
            String result = Results.show(session, statement, session.execute(statement));
            if (result != null) {
                out.println(result);
            }
            if (lost || out.checkError()) {
                complain(name() + ": " + unwritten("cannot write the output"));
                return false;
            }
            Job job = last;
            return job == null || job.result() == null || job.result().isSuccess();
        } catch (CommandNotFoundException e) {
            complain(e.getCommand() + ": command not found");
        } catch (OutputFailed e) {
            complain(name() + ": " + unwritten(e.toString()));
        } catch (Exception e) {
            complain(name() + ": " + message(e));
        }
        return false;
    }

    /** Prints a failure on one line; the operator's own text comes back in it, whatever it is. */
    private void complain(String what) {
        if (isReaderGone()) {
            return;
        }
        String line = Printable.line(what);
        err.println(line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...");
    }

    /** Returns the reason if it is the console that cannot be written, which Gogo's streams do not tell; the text otherwise. */
    private String unwritten(String text) {
        String reason = console == null ? null : console.failure();
        return reason == null ? text : "cannot write the standard output: " + reason;
    }

    private boolean isReaderGone() {
        return console != null && console.isReaderGone();
    }

    /** The command that failed: in a pipe the last one, whose result is the pipe's. */
    private String name() {
        Job job = last;
        if (job == null) {
            return NAME;
        }
        List<Executable> tokens;
        try {
            tokens = new Parser(job.command()).program().tokens();
        } catch (SyntaxError e) {
            // Of a pipe Gogo gives a stage's own text, which need not be a statement by itself.
            return NAME;
        }
        Executable failed = tokens.isEmpty() ? null : tokens.getFirst();
        if (failed instanceof Pipeline pipeline) {
            failed = pipeline.tokens().getLast();
        }
        return failed instanceof Statement s && !s.tokens().isEmpty()
                ? s.tokens().getFirst().toString()
                : NAME;
    }

    private static String message(Exception failure) {
        Throwable cause = failure instanceof InvocationTargetException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (MissingValue.isCauseOf(cause)) {
            return MissingValue.TEXT;
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
