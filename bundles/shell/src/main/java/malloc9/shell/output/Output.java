package malloc9.shell.output;

import java.io.PrintStream;
import java.util.function.Consumer;
import org.apache.felix.service.command.Job;
import org.apache.felix.service.command.Process;
import org.jspecify.annotations.Nullable;

/**
 * The standard output of the running command: the console, a pipe or a file.
 *
 * <p>Gogo passes a command's result only to the end of a line that was typed, and past a redirection. A result that is printed here
 * also appears in a script, in a closure, before a semicolon and in a file.
 */
public final class Output {

    private final PrintStream stream;
    private final @Nullable Process process;

    private Output(PrintStream stream, @Nullable Process process) {
        this.stream = stream;
        this.process = process;
    }

    /** Returns the output of the command that runs on this thread. */
    public static Output current() {
        Process process = Process.Utils.current();
        return process == null ? new Output(System.out, null) : new Output(stream(process), process);
    }

    /**
     * Prints the text and a line feed.
     *
     * @return false if no other command or program reads it any more
     * @throws OutputFailed if it cannot be written
     */
    public boolean println(CharSequence text) {
        return put(out -> out.println(text));
    }

    /**
     * Writes the bytes as they are.
     *
     * @return false if no other command or program reads them any more
     * @throws OutputFailed if they cannot be written
     */
    public boolean write(byte[] bytes) {
        return put(out -> out.write(bytes, 0, bytes.length));
    }

    /** The channels behind a stream of Gogo are closed by a write of an interrupted thread. */
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

    /** Returns whether an output is lost: it cannot be written, though no other command of a pipeline has stopped reading it. */
    public static boolean isLost(Process process) {
        PrintStream out = process.out();
        return out != null && out.checkError() && !isPiped(process);
    }

    /** Returns the process's stream, or the session's if a driver has closed it: it has printed with its thread's interrupt flag set. */
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

    /** Returns whether another command of a pipeline reads the output, or may do so: Gogo does not tell which stage runs a closure. */
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
