package dev.malloc9.memstat.command;

import dev.malloc9.memstat.view.StandardOutput;
import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;

/**
 * Runs memstat. The exit code is 0 for success, and 2 for a wrong command line. It is 1 if a file could not be read or the output
 * could not be written. If the reader of the output has closed it, the code is 141, as of a process that SIGPIPE ended.
 */
public final class Main {

    private Main() {}

    /**
     * Runs the command and ends the JVM.
     *
     * @param args the words of the command line
     */
    public static void main(String[] args) {
        StandardOutput output = new StandardOutput();
        PrintWriter err = writer(System.err);
        int code = run(writer(new PrintStream(output, false, System.out.charset())), err, args);
        System.exit(output.failure() == null ? code : unwritten(output, err));
    }

    private static int unwritten(StandardOutput output, PrintWriter err) {
        if (output.isReaderGone()) {
            return StandardOutput.READER_GONE;
        }
        err.println("memstat: cannot write the standard output: " + output.failure());
        return 1;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    static int run(PrintWriter out, PrintWriter err, String... args) {
        try {
            return new CommandLine(new Memstat(out, err))
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setOut(out)
                    .setErr(err)
                    .execute(args);
        } finally {
            out.flush();
        }
    }
}
