package dev.malloc9.shell.prompt;

import dev.malloc9.shell.output.MissingValue;
import dev.malloc9.shell.output.Results;
import dev.malloc9.shell.output.Statements;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.apache.felix.gogo.runtime.Parser.Executable;
import org.apache.felix.gogo.runtime.Parser.Program;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.CommandSessionListener;
import org.apache.felix.service.command.Job;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;

/**
 * Runs the lines of a prompt in place of Gogo's shell, so that Ctrl-C ends a line silently and always returns to the prompt.
 *
 * <p>Gogo's shell prints the interruption of a command as an exception. It waits forever for a job that is cancelled before it has begun.
 * It also prompts while the threads of a cancelled job are still restoring the terminal.
 */
final class LineRunner implements CommandSessionListener {

    /**
     * The variable with the result of the last line, which is set before each line. As Gogo's shell does, this class also sets the variable
     * with the last exception.
     */
    private static final String RESULT = "_";

    private static final String EXCEPTION = "exception";

    /** The prefix of the names of the threads that run commands. */
    private static final String COMMAND = "pipe-";

    /**
     * The longest wait for the threads of an interrupted line to end before the next prompt, and for a job to begin before its interrupt.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final CommandSession session;
    private final Terminal terminal;

    /** Whether a line is running. Written by the thread of the shell. */
    private volatile boolean running;

    /** Whether Ctrl-C was pressed while the last line was running. Set by a thread of the terminal. */
    private volatile boolean interrupted;

    /** The result of the last statement that was run. Used only by the thread of the shell. */
    private @Nullable Object result;

    LineRunner(CommandSession session, Terminal terminal) {
        this.session = session;
        this.terminal = terminal;
    }

    /**
     * Runs the line, and removes its statements, so that Gogo's shell has nothing to run. Does nothing for another session, and for a
     * program that is executed while a line is running.
     */
    @Override
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    public void beforeExecute(CommandSession where, CharSequence line) {
        if (where == session && !running && line instanceof Program program) {
            List<Executable> tokens = List.copyOf(program.tokens());
            program.tokens().clear();
            run(new Program(program, tokens));
        }
    }

    @Override
    public void afterExecute(CommandSession where, CharSequence line, Exception exception) {}

    @Override
    public void afterExecute(CommandSession where, CharSequence line, Object returned) {}

    /** Returns whether the running line was interrupted by Ctrl-C. The further errors of its commands are not printed. */
    boolean isInterrupted() {
        return running && interrupted;
    }

    private void run(Program line) {
        session.put(RESULT, result);
        interrupted = false;
        running = true;
        SignalHandler former = terminal.handle(Signal.INT, signal -> {
            interrupted = true;
            interruptJob();
        });
        try {
            for (Program statement : Statements.split(line)) {
                result = session.execute(statement);
                String text = Boolean.FALSE.equals(session.get(".Gogo.format"))
                        ? null
                        : Results.show(session, statement, result);
                if (text != null) {
                    print(text);
                }
                if (interrupted) {
                    break;
                }
            }
        } catch (InterruptedException e) {
            // The shell is being stopped, or Ctrl-C was meant for the line editor and arrived too late for it.
            if (session.foregroundJob() != null) {
                interruptJob();
            }
        } catch (CancellationException e) {
            // Ctrl-C has ended the line.
        } catch (Exception e) {
            if (!interrupted) {
                session.put(EXCEPTION, e);
                String text = MissingValue.isCauseOf(e) ? MissingValue.TEXT : e.toString();
                print(new AttributedString(text, AttributedStyle.DEFAULT.foreground(AttributedStyle.RED))
                        .toAnsi(terminal));
            }
        } finally {
            if (interrupted) {
                await(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(this::isOfThisLine));
            }
            running = false;
            terminal.handle(Signal.INT, former);
        }
    }

    /**
     * Interrupts the foreground job once it has begun, because a job that is cancelled before it begins never ends. Gives up if the line
     * ends, or no job begins within {@link #PATIENCE}.
     */
    private void interruptJob() {
        await(() -> {
            Job job = session.foregroundJob();
            boolean begun = job != null && job.processes().stream().anyMatch(process -> process.out() != null);
            if (begun) {
                job.interrupt();
            }
            return begun || !running;
        });
    }

    /**
     * Returns whether the thread seems to run a command of this line. The name of the thread is that of a command's thread, and belongs to
     * no present job of the session. A thread of a background job does not count; a command's thread of another session does.
     */
    private boolean isOfThisLine(Thread thread) {
        String name = thread.getName();
        return name.startsWith(COMMAND)
                && session.jobs().stream()
                        .flatMap(job -> job.processes().stream())
                        .noneMatch(process ->
                                process.toString().startsWith("pipe<" + name.substring(COMMAND.length()) + "> out="));
    }

    /**
     * Waits until the condition holds, at most {@link #PATIENCE}, even if the thread is interrupted. Restores the interrupt flag before it
     * returns.
     */
    private static void await(BooleanSupplier done) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean wasInterrupted = Thread.interrupted();
        while (!done.getAsBoolean() && System.nanoTime() < deadline) {
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void print(String text) {
        terminal.writer().println(text);
        terminal.flush();
    }
}
