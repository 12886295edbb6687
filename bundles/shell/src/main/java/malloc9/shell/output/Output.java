package malloc9.shell.output;

import java.io.PrintStream;
import org.apache.felix.service.command.Process;

/**
 * The standard output of the running command: the console, a pipe or a file.
 *
 * <p>Gogo hands the result of a command only to the end of a line that was typed, and past a redirection. A command that prints its result
 * here is read in a script, in a closure, before a semicolon and in a file, too.
 */
public final class Output {

    private final PrintStream stream;

    private Output(PrintStream stream) {
        this.stream = stream;
    }

    /** Returns the output of the command that runs on this thread. */
    public static Output current() {
        Process process = Process.Utils.current();
        return new Output(process == null ? System.out : process.out());
    }

    /** Prints the text and a line feed. */
    public void println(CharSequence text) {
        stream.println(text);
        stream.flush();
    }

    /** Writes the bytes as they are. */
    public void write(byte[] bytes) {
        stream.write(bytes, 0, bytes.length);
        stream.flush();
    }
}
