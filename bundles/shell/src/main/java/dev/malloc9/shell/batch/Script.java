package dev.malloc9.shell.batch;

import dev.malloc9.memstat.view.Printable;
import dev.malloc9.shell.output.MissingValue;
import dev.malloc9.shell.output.Output;
import dev.malloc9.shell.output.OutputFailed;
import dev.malloc9.shell.output.Results;
import dev.malloc9.shell.output.Statements;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
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
 * Runs a text of commands, one top-level statement after the other, as a shell runs a script. Results are printed. A failure is one line
 * {@code COMMAND: message} on the error stream; the command is {@code batch} if it is not known. The run continues with the next statement,
 * unless the caller wants it to end there.
 *
 * <p>Statements that are joined by {@code &&} and {@code ||} are one statement. A command that sets an exit status without a message, such
 * as {@code grep} without a match, has failed too.
 */
final class Script {

    private static final String NAME = "batch";

    /** The largest number of characters of an error line; the rest is replaced by three dots. */
    private static final int LONGEST = 2000;

    private final CommandSession session;
    private final PrintStream out;
    private final PrintStream err;
    private final @Nullable Console console;

    /** Whether the running statement has lost output. Set by the threads of jobs, and cleared before each statement. */
    private volatile boolean lost;

    /**
     * The last top-level job of the running statement that ended; null before. Set by the threads of jobs, and cleared before each
     * statement.
     */
    private volatile @Nullable Job last;

    Script(CommandSession session, PrintStream out, PrintStream err) {
        this(session, out, err, null);
    }

    /**
     * Creates the runner of a session, and replaces the session's job listener.
     *
     * @param console the console of the process; null if the output is not the standard output of a process
     */
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
     * Runs the text. If the text has a syntax error, none of it is run. The run also ends if the reader of the console is gone.
     *
     * @param errexit whether the run ends at the first failure
     * @return whether all executed statements passed; false after a syntax error
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

    /**
     * Prints a failure on one line, unless the reader of the output is gone. The line is escaped, because it may contain text of the
     * operator.
     */
    private void complain(String what) {
        if (isReaderGone()) {
            return;
        }
        String line = Printable.line(what);
        err.println(line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...");
    }

    /**
     * Returns the console's own reason if the console cannot be written, because Gogo's streams do not report the reason; otherwise the
     * given text.
     */
    private String unwritten(String text) {
        String reason = console == null ? null : console.failure();
        return reason == null ? text : "cannot write the standard output: " + reason;
    }

    private boolean isReaderGone() {
        return console != null && console.isReaderGone();
    }

    /**
     * Returns the name of the command that failed, as it was typed; {@code batch} if it cannot be determined. In a pipe it is the last
     * command, whose result is the result of the pipe.
     */
    private String name() {
        Job job = last;
        if (job == null) {
            return NAME;
        }
        List<Executable> tokens;
        try {
            tokens = new Parser(job.command()).program().tokens();
        } catch (SyntaxError e) {
            // The command of a pipe's job is the text of one stage, which may not be a statement by itself.
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
