package dev.malloc9.shell.output;

import java.io.PrintStream;
import java.util.function.Consumer;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Process;
import org.jspecify.annotations.Nullable;

/**
 * The standard output of the running command: the console, a pipe or a file.
 *
 * <p>Gogo passes a command's result only to the end of a line that was typed, and not to a redirection. A result that is printed to this
 * class also appears in a script, in a closure, before a semicolon and in a file.
 */
public final class Output {

    private final PrintStream stream;
    private final @Nullable Process process;

    private Output(PrintStream stream, @Nullable Process process) {
        this.stream = stream;
        this.process = process;
    }

    /** Returns the output of the command that runs on this thread; {@code System.out} if no Gogo process does. */
    public static Output current() {
        Process process = Process.Utils.current();
        return process == null ? new Output(System.out, null) : new Output(stream(process), process);
    }

    /**
     * Prints the text and a line end.
     *
     * @return false if the output cannot be written and another command of the pipeline reads it, or may read it
     * @throws OutputFailed if the output cannot be written in any other case
     */
    public boolean println(CharSequence text) {
        return put(out -> out.println(text));
    }

    /**
     * Writes the bytes unchanged.
     *
     * @return false if the output cannot be written and another command of the pipeline reads it, or may read it
     * @throws OutputFailed if the output cannot be written in any other case
     */
    public boolean write(byte[] bytes) {
        return put(out -> out.write(bytes, 0, bytes.length));
    }

    /**
     * Writes with the thread's interrupt flag cleared, and restores the flag. A write of an interrupted thread closes the channel behind a
     * stream of Gogo.
     */
    private boolean put(Consumer<PrintStream> print) {
        boolean interrupted = Thread.interrupted();
        try {
            print.accept(stream);
            if (!stream.checkError()) {
                return true;
            }
            if (process != null && isPiped(process)) {
                return false;
            }
            throw new OutputFailed(process == null ? "" : Statements.redirection(process));
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns whether the output of a process is lost: a write failed, and no other command of a pipeline can be the cause. */
    public static boolean isLost(Process process) {
        PrintStream out = process.out();
        return out != null && out.checkError() && !isPiped(process);
    }

    /**
     * Returns the stream of the process. If a driver printed while its thread was interrupted, that stream is closed. The console of the
     * session is then returned, if the process writes neither to a pipe nor to a file.
     */
    private static PrintStream stream(Process process) {
        return isDirect(process) && process.out().checkError()
                ? process.job().session().getConsole()
                : process.out();
    }

    private static boolean isDirect(Process process) {
        for (Job job = process.job(); job != null; job = job.parent()) {
            if (!job.processes().stream().allMatch(each -> each.isTty(1))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns whether another command of a pipeline reads the output, or may do so. Gogo does not expose which stage runs a closure, so
     * every closure inside a pipeline counts.
     */
    private static boolean isPiped(Process process) {
        if (!process.equals(process.job().processes().getLast())) {
            return true;
        }
        for (Job job = process.job().parent(); job != null; job = job.parent()) {
            if (job.processes().size() > 1) {
                return true;
            }
        }
        return false;
    }
}
