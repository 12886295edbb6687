package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.malloc9.itests.Terminal.Size;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests of the live view, the pager and Ctrl-C on real terminals whose screens are read meanwhile. On each terminal, one shell runs all
 * cases.
 */
@Tag("script")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LiveTerminalIT {

    private static final String PROMPT = "kernel>";
    private static final String HEAD = "InUse  MemUse  Growth  Requests";

    private static final Pattern KERNEL = Pattern.compile("(\\d+)\\|Active .*\\|dev\\.malloc9\\.kernel ");

    private static final Size LARGE = new Size(100, 30);
    private static final Size SMALL = new Size(80, 24);
    private static final Size TWO_ROWS = new Size(60, 2);

    private static final Duration THREE_FRAMES = Duration.ofMillis(2_500);

    private static final int INTERRUPTS = Integer.getInteger("itests.interrupts", 20);

    private static final Map<String, Terminal> OPEN = new HashMap<>();

    @TempDir
    private static Path folder;

    private int marks;

    static Stream<String> kinds() {
        List<String> kinds = Terminal.kinds();
        return kinds.isEmpty() ? Stream.of("none") : kinds.stream();
    }

    @AfterAll
    static void closeAll() throws Exception {
        for (Terminal terminal : OPEN.values()) {
            terminal.close();
        }
        OPEN.clear();
    }

    @AfterEach
    void restoreSize() throws Exception {
        for (Terminal terminal : OPEN.values()) {
            terminal.resize(LARGE);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void liveViewRestoresTheScreenAtItsEnd(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        terminal.type("echo before$(echo hand)" + Terminal.ENTER);
        terminal.awaitScreen("beforehand");
        for (String view : List.of("vmstat -w 1", "vmstat -z -w 1", "vmstat -b -w 1", "vmstat -w 1 -s rate")) {
            terminal.type(view + Terminal.ENTER);
            String shown = awaitView(terminal);
            assertThat(shown).as(view).doesNotContain(PROMPT, "beforehand");
            terminal.assertStays(HEAD, THREE_FRAMES);
            assertThat(terminal.screen()).as(view).contains("0/s");
            terminal.type(Terminal.INTERRUPT);
            String left = terminal.awaitScreen("the prompt", LiveTerminalIT::isAtPrompt);
            assertThat(left).as(view).contains("beforehand", view);
            assertThat(left.substring(left.lastIndexOf(view))).doesNotContain(HEAD, "Exception");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void liveViewFollowsTheSizeOfTheTerminal(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        terminal.type("vmstat -w 1" + Terminal.ENTER);
        terminal.awaitScreen("all rows", screen -> screen.contains(HEAD) && screen.contains(" temp "));
        terminal.resize(SMALL);
        terminal.assertStays(HEAD, THREE_FRAMES);
        terminal.resize(TWO_ROWS);
        terminal.awaitScreen("two rows", screen -> screen.contains(HEAD) && !screen.contains(" temp "));
        terminal.assertStays(HEAD, THREE_FRAMES);
        terminal.resize(LARGE);
        terminal.awaitScreen("all rows", screen -> screen.contains(HEAD) && screen.contains(" temp "));
        terminal.type(Terminal.INTERRUPT);
        terminal.awaitScreen("the prompt", LiveTerminalIT::isAtPrompt);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void lastFrameOfACountedViewStaysReadable(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        terminal.type("vmstat -w 1 -c 2 temp" + Terminal.ENTER);
        String left = terminal.awaitScreen("the prompt", screen -> isAtPrompt(screen) && screen.contains(HEAD));
        assertThat(left).contains("vmstat -w 1 -c 2 temp", "0/s");
        assertThat(left.lines().filter(line -> line.contains(HEAD))).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void liveViewInAPipeEndsWithItsReader(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        terminal.type("vmstat -w 1 temp | head -n 1" + Terminal.ENTER);
        String left = terminal.awaitScreen("the prompt", screen -> isAtPrompt(screen) && screen.contains(HEAD));
        assertThat(left).doesNotContain("Exception");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void messageDuringTheLiveViewIsPrintedAfterwards(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        terminal.type("vmstat -w 1" + Terminal.ENTER);
        awaitView(terminal);
        Path jar = folder.resolve(kind).resolve("load/leaky.jar");
        Files.copy(Distribution.DRIVERS.resolve("leaky.jar"), jar);
        terminal.awaitScreen("leaky      3");
        assertThat(terminal.screen()).doesNotContain("Loaded");
        terminal.type(Terminal.INTERRUPT);
        terminal.awaitScreen("Loaded leaky, id=");
        Files.delete(jar);
        terminal.awaitScreen("Unloaded leaky");
        atPrompt(kind);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void anErrorDuringTheLiveViewIsReadAtThePrompt(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        terminal.type("lb -s dev.malloc9.kernel" + Terminal.ENTER);
        Matcher kernel = KERNEL.matcher(terminal.awaitScreen("the kernel's bundle", KERNEL.asPredicate()));
        assertThat(kernel.find()).isTrue();
        terminal.type("each [1] { sleep 2 ; stop %s } &".formatted(kernel.group(1)) + Terminal.ENTER);
        terminal.type("vmstat -w 1" + Terminal.ENTER);
        awaitView(terminal);
        terminal.awaitScreen("kernel is not running");
        terminal.awaitScreen("the prompt", LiveTerminalIT::isAtPrompt);
        terminal.type("start " + kernel.group(1) + Terminal.ENTER);
        assertEchoes(terminal);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void interruptedCommandsPrintNoException(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        for (String command :
                List.of("sleep 100", "sleep 100; echo never", "sleep 100 | cat", "each [1 2] { sleep 100 }")) {
            String mark = "begin" + System.nanoTime();
            terminal.type("echo " + mark + "-$(echo 9); " + command + Terminal.ENTER);
            terminal.awaitScreen("\n" + mark + "-9");
            terminal.type(Terminal.INTERRUPT);
            terminal.awaitScreen("the prompt after " + command, LiveTerminalIT::isAtPrompt);
            assertEchoes(terminal);
        }
        assertThat(terminal.screen()).doesNotContain("Exception", "\nnever");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void promptWorksAfterEveryInterrupt(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        Random random = new Random(INTERRUPTS);
        for (int i = 0; i < INTERRUPTS; i++) {
            terminal.type("vmstat -w 1" + Terminal.ENTER);
            if (i % 4 != 0) {
                awaitView(terminal);
            }
            // Of four interrupts, the first comes within 300 ms of the command, before or after the first frame. The
            // second comes within 10
            // ms of that frame. The other two come up to 1.3 s after it, around the next frame.
            int[] millis = {300, 10, 1_010, 1_300};
            TimeUnit.MICROSECONDS.sleep(random.nextLong(1_000L * millis[i % 4]));
            terminal.type(i % 5 == 0 ? Terminal.INTERRUPT.repeat(2) : Terminal.INTERRUPT);
            terminal.awaitScreen("the prompt after interrupt " + i, LiveTerminalIT::isAtPrompt);
            assertEchoes(terminal);
        }
        assertThat(terminal.screen()).doesNotContain("Exception");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void interruptOfAPrintingCommandGivesThePrompt(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        Random random = new Random(9);
        for (int i = 0; i < 5; i++) {
            terminal.type("echo begin-$(echo " + i + "); while { true } { sysctl -a | cat }" + Terminal.ENTER);
            terminal.await("begin-" + i + "\n");
            TimeUnit.MICROSECONDS.sleep(random.nextLong(20_000));
            terminal.type(Terminal.INTERRUPT);
            terminal.awaitScreen("the prompt", LiveTerminalIT::isAtPrompt);
            assertEchoes(terminal);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void manualPagesAreReadInAPager(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        terminal.resize(SMALL);
        terminal.type("man malloc" + Terminal.ENTER);
        String top = terminal.awaitScreen("MALLOC(9)");
        assertThat(top).contains("SYNOPSIS").doesNotContain(PROMPT, "SEE ALSO");
        terminal.type("G");
        terminal.awaitScreen("SEE ALSO");
        terminal.type("q");
        terminal.awaitScreen("the prompt", LiveTerminalIT::isAtPrompt);
        terminal.type("man malloc" + Terminal.ENTER);
        terminal.awaitScreen("MALLOC(9)");
        terminal.type(Terminal.INTERRUPT);
        terminal.awaitScreen("the prompt", LiveTerminalIT::isAtPrompt);
        terminal.type("man help" + Terminal.ENTER);
        terminal.awaitScreen("a short page and the prompt", screen -> isAtPrompt(screen) && screen.contains("HELP(1)"));
        terminal.type("man malloc | grep SYNOPSIS" + Terminal.ENTER);
        terminal.awaitScreen("the line", screen -> screen.contains("\nSYNOPSIS\n" + PROMPT));
        terminal.type("sysctl -a | less" + Terminal.ENTER);
        terminal.awaitScreen("a page", screen -> !screen.contains(PROMPT) && screen.contains("debug."));
        terminal.type("q");
        terminal.awaitScreen("the prompt", LiveTerminalIT::isAtPrompt);
        assertEchoes(terminal);
    }

    @Order(Integer.MAX_VALUE)
    @ParameterizedTest
    @MethodSource("kinds")
    void terminationDuringTheLiveViewRestoresTheScreen(String kind) throws Exception {
        Terminal terminal = atPrompt(kind);
        terminal.type("vmstat -w 1" + Terminal.ENTER);
        awaitView(terminal);
        jvm(kind).destroy();
        String left = terminal.awaitScreen("gosh: stopping framework");
        assertThat(left).contains("vmstat -w 1").doesNotContain(HEAD);
        terminal.close();
        OPEN.remove(kind);
    }

    /** Returns the terminal of the given kind, at an empty prompt. If no kind is installed, the test is skipped. */
    private Terminal atPrompt(String kind) throws Exception {
        Terminal terminal = OPEN.get(kind);
        if (terminal == null) {
            if (kind.equals("none")) {
                abort("neither tmux nor python3 nor script is here: terminals are not tested");
            }
            Path home = folder.resolve(kind);
            Files.createDirectories(home.resolve("load"));
            String command =
                    "env %s MALLOC9_HISTORY='%s' MALLOC9_CONFIG='%s' '%s' -l load; echo left with $?; sleep 600"
                            .formatted(
                                    Distribution.DEFAULT_SIGNALS,
                                    home.resolve("history"),
                                    home.resolve("etc"),
                                    Distribution.RUN);
            terminal = Terminal.open(kind, LARGE, home, command);
            OPEN.put(kind, terminal);
            terminal.await(PROMPT);
        }
        assertEchoes(terminal);
        return terminal;
    }

    /** Checks that the prompt accepts a line, and that the line runs. */
    private void assertEchoes(Terminal terminal) throws Exception {
        String mark = "mark" + System.nanoTime() + marks++;
        terminal.type("echo " + mark + "-$(echo 9)" + Terminal.ENTER);
        terminal.awaitScreen("the line's echo", screen -> screen.contains("echo " + mark));
        terminal.awaitScreen("the line's output", screen -> screen.contains("\n" + mark + "-9\n" + PROMPT));
    }

    /** Waits until the screen shows the live view and no prompt, and returns the screen. */
    private static String awaitView(Terminal terminal) throws Exception {
        return terminal.awaitScreen("the view", screen -> screen.contains(HEAD) && !screen.contains(PROMPT));
    }

    private static boolean isAtPrompt(String screen) {
        return lastLine(screen).equals(PROMPT);
    }

    private static String lastLine(String screen) {
        return screen.lines().reduce("", (a, b) -> b);
    }

    private static ProcessHandle jvm(String kind) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .orElse("")
                        .contains(folder.resolve(kind).toString()))
                .filter(process -> process.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElseThrow();
    }
}
