package malloc9.memstat.command;

import java.io.PrintStream;
import java.io.PrintWriter;
import picocli.CommandLine;

/** Runs memstat: exits with 0, with 1 if a file could not be read, with 2 if it was called wrongly. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(writer(System.out), writer(System.err), args));
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, stream.charset());
    }

    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Memstat(out, err))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(out)
                .setErr(err)
                .execute(args);
    }
}
