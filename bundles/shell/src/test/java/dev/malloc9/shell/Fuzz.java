package dev.malloc9.shell;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.memstat.view.Printable;
import dev.malloc9.shell.batch.Lines;
import dev.malloc9.shell.view.ViewConverter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;

/**
 * Types command lines that are mostly wrong, in a kernel whose types have hostile names. Each line must end in a table or in one line that
 * names the error. No control character may reach the terminal.
 */
public final class Fuzz implements AutoCloseable {

    @MallocDefine(name = "; rm | $(x) {y} 'q' \"z\" \\ `b`")
    static final MallocType M_SHELL = MallocType.define();

    @MallocDefine(name = "\u202egnp.\u2028line\ufeff -o json")
    static final MallocType M_BIDI = MallocType.define();

    private static final List<String> COMMANDS = List.of(
            "vmstat",
            "vmstat -m",
            "vmstat -z",
            "vmstat -m -b",
            "vmstat -w 1 -c 1",
            "show",
            "show malloc",
            "show multizone_matches",
            "show freepages",
            "leaks",
            "leaks --age",
            "leaks --growth",
            "whatis",
            "panics",
            "suspects",
            "suspects --forget",
            "level",
            "level I",
            "level R",
            "verify",
            "sysctl",
            "sysctl -a",
            "sysctl -d",
            "sysctl -N",
            "memguard",
            "dmesg",
            "dmesg -a",
            "sysctl -ad",
            "sysctl -aN",
            "vmstat -mb",
            "vmstat -mo json");

    private static final List<String> WORDS = List.of(
            "-m",
            "-z",
            "-b",
            "-h",
            "-o",
            "-o json",
            "-o xml",
            "-s",
            "-s rate",
            "-c",
            "-c 1",
            "-a",
            "-d",
            "-ad",
            "-mz",
            "-ojson",
            "-x",
            "--",
            "--help",
            "--nosuch",
            "--age=1",
            "-N",
            "-n",
            "temp",
            "msgbuf",
            "4096",
            "vm",
            "vm.kmem_size",
            "vm.memguard.desc=x",
            "debug.malloc.failure_rate=0",
            "vm.kmem_size=1",
            "kern.malloc_stats",
            "vm.malloc",
            "0x10",
            "0xffffffffffffffff",
            "-1",
            "''",
            "'*'",
            "'eth*'",
            "malloc",
            "uma",
            "--age",
            "=",
            "a=b=c",
            "..",
            ".",
            "vm..x",
            "%n%s",
            "~",
            "!",
            "@");

    private static final List<String> HOSTILE = List.of(
            ";",
            "|",
            "$",
            "(",
            ")",
            "{",
            "}",
            "[",
            "]",
            "||",
            "'",
            "\"",
            "\\",
            "`",
            "$(",
            "${x}",
            "\n",
            "\r",
            "\t",
            "\u0000",
            "\u0007",
            "\u001b[2J",
            "\u001b]0;owned\u0007",
            "\u009b31m",
            "\u202e",
            "\u2028",
            "\u00e9",
            "\ud83d\ude00",
            "\ud800",
            "\ufeff",
            "<",
            ">",
            ">>",
            "#",
            "*",
            "?",
            "%(",
            "\u007f");

    private static final int HUGE = 1 << 20;

    /**
     * Lines with Gogo expressions: assignments, lists, closures, variables, file names, and further statements, which may consist of a text
     * only.
     */
    private static final Pattern EXPRESSION = Pattern.compile("[=\\[{;\\n\\r|(`$*?~\\\\]|^\\S*['\"]");

    private final Kernel kernel = Kernel.boot();
    private final ThreadIOImpl streams = new ThreadIOImpl();
    private final CommandProcessorImpl processor;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CommandSession session;
    private final Lines script;
    private final Map<Boolean, Long> ended = new TreeMap<>();

    /** Creates a kernel with hostile names, and a session with all commands that need no framework. */
    public Fuzz() {
        kernel.malloc().malloc(1, M_SHELL, M_WAITOK);
        kernel.malloc().malloc(1, M_BIDI, M_WAITOK);
        RunningKernel running = new RunningKernel();
        running.bind(kernel.runtime());
        running.bindSysctl(kernel.sysctl());
        running.bindOperator(kernel.operator());
        streams.start();
        processor = new CommandProcessorImpl(streams);
        processor.addConverter(new ViewConverter());
        Map<String, Object> commands = Map.ofEntries(
                Map.entry("vmstat", new Vmstat(running)),
                Map.entry("show", new Show(running)),
                Map.entry("leaks", new Leaks(running)),
                Map.entry("whatis", new Whatis(running)),
                Map.entry("panics", new Panics(running)),
                Map.entry("suspects", new Suspects(running)),
                Map.entry("level", new Levels(running)),
                Map.entry("verify", new Verify(running)),
                Map.entry("sysctl", new SysctlCommand(running)),
                Map.entry("memguard", new Memguard(running)),
                Map.entry("dmesg", new Dmesg(running)));
        commands.forEach((name, command) -> processor.addCommand("malloc9", command, name));
        PrintStream output = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream error = new PrintStream(err, true, StandardCharsets.UTF_8);
        session = processor.createSession(new ByteArrayInputStream(new byte[0]), output, error);
        session.put("SCOPE", "malloc9:*");
        script = new Lines(session, output, error);
    }

    /**
     * Runs a number of lines from a seed.
     *
     * @param args {@code [COUNT [SEED]]}: 1,000,000 lines from seed 1 if not given
     */
    public static void main(String[] args) {
        long count = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
        PrintStream console = System.out;
        long start = System.nanoTime();
        try (Fuzz fuzz = new Fuzz()) {
            fuzz.run(count, seed);
            console.printf(
                    Locale.ROOT,
                    "%d lines from seed %d in %d s: %s%n",
                    count,
                    seed,
                    (System.nanoTime() - start) / 1_000_000_000,
                    fuzz.ended);
        }
        System.exit(0);
    }

    void run(long count, long seed) {
        for (long i = 0; i < count; i++) {
            String line = line(new Random(seed + i));
            try {
                one(line);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("line of seed " + (seed + i) + ": " + printable(line), e);
            }
        }
    }

    /** Returns the number of lines that passed (key true) and that failed (key false). A key without lines is absent. */
    Map<Boolean, Long> ended() {
        return ended;
    }

    /** Types one line, checks its output, and returns true if the line passed. */
    boolean one(String line) {
        out.reset();
        err.reset();
        boolean passed = script.run(line);
        ended.merge(passed, 1L, Long::sum);
        String said = err.toString(StandardCharsets.UTF_8);
        // A failed pipe may print no message: the batch reports only failures of its last command.
        check(passed || !said.isEmpty() || line.indexOf('|') >= 0, "failed without a word");
        check(said.lines().noneMatch(each -> each.startsWith("\tat ")), "a stack trace: " + said);
        check(
                !said.contains("NullPointer") && !said.contains("IndexOutOf") && !said.contains("Cannot invoke \""),
                "a defect: " + said);
        // If a command before a pipe fails, Gogo itself prints the error, and quotes the text of the operator.
        boolean piped = line.indexOf('|') >= 0;
        check(piped || isPlain(said), "control characters on the error stream: " + printable(said));
        // The result of a Gogo expression is text of the operator and may contain control characters, like the output
        // of echo.
        if (!EXPRESSION.matcher(line).find()) {
            String shown = out.toString(StandardCharsets.UTF_8);
            check(line.contains("-b") || isPlain(shown), "control characters: " + printable(shown));
        }
        return passed;
    }

    private static String line(Random random) {
        StringBuilder line = new StringBuilder(COMMANDS.get(random.nextInt(COMMANDS.size())));
        // After vmstat -w, a further word could be a long interval or count, and the live view could run for an hour.
        int words = line.indexOf("-w") >= 0 ? 0 : random.nextInt(5);
        for (int i = 0; i < words; i++) {
            line.append(random.nextInt(8) == 0 ? "" : " ");
            switch (random.nextInt(7)) {
                case 0, 1, 2 -> line.append(WORDS.get(random.nextInt(WORDS.size())));
                case 3 -> line.append(HOSTILE.get(random.nextInt(HOSTILE.size())));
                case 4 -> line.append('\'').append(noise(random)).append('\'');
                case 5 -> line.append('"').append(noise(random)).append('"');
                default -> line.append(noise(random));
            }
        }
        if (random.nextInt(20_000) == 0) {
            line.append(" '").append("\u001bA".repeat(HUGE / 2)).append('\'');
        }
        // A background job (&) could print after the test of its line has ended. A redirection (>) would write files
        // into the current
        // folder.
        return line.toString().replace('&', '+').replace('>', '+');
    }

    private static String noise(Random random) {
        StringBuilder noise = new StringBuilder();
        int length = random.nextInt(6);
        for (int i = 0; i < length; i++) {
            noise.append(
                    random.nextBoolean()
                            ? HOSTILE.get(random.nextInt(HOSTILE.size()))
                            : Character.toString(random.nextInt(32, 127)));
        }
        // After vmstat, a random "-w7" would start a live view that never ends.
        return noise.toString().replace('w', 'v');
    }

    private static boolean isPlain(String text) {
        return text.codePoints()
                .allMatch(c -> c == '\n'
                        || (!Character.isISOControl(c)
                                && Character.getType(c) != Character.FORMAT
                                && Character.getType(c) != Character.LINE_SEPARATOR));
    }

    private static String printable(String text) {
        return Printable.of(text.length() > 500 ? text.substring(0, 500) : text);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    @Override
    public void close() {
        session.close();
        processor.stop();
        streams.stop();
        kernel.close();
    }
}
