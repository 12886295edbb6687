package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.atIndex;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the interactive shell on a real terminal, from the viewpoint of a user. */
@Tag("script")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
class TerminalIT {

    private static final String PROMPT = "kernel> ";
    private static final String TYPE_FIRST = "Type first: kldload leaky; vmstat -m; kldunload leaky";
    private static final String TABLE_HEAD = "Type InUse MemUse HighUse Requests  Size(s)";

    /** The mark that jline prints for a line that may not have ended. It is overwritten at once. */
    private static final String FRESH_LINE = "~";

    @TempDir
    private Path folder;

    @Test
    void promptGreetsCompletesAndKeepsHistory() throws Exception {
        try (Terminal terminal = open()) {
            String greeting = terminal.await(PROMPT.strip());
            assertThat(greeting.substring(0, greeting.indexOf(PROMPT.strip()))
                            .strip()
                            .lines()
                            .map(String::strip)
                            .filter(line -> !line.equals(FRESH_LINE)))
                    .hasSize(3)
                    .satisfies(
                            first -> assertThat(first)
                                    .startsWith("malloc9 1.0.0 on Java ")
                                    .endsWith(TYPE_FIRST),
                            atIndex(0));
            terminal.type("kldl" + Terminal.TAB);
            terminal.await("kldload ");
            terminal.type("leak" + Terminal.TAB + Terminal.ENTER);
            terminal.await("Loaded leaky, id=");
            terminal.type("vmstat -m" + Terminal.ENTER);
            terminal.await(TABLE_HEAD);
            terminal.await("leaky     3     6K       -        3  2048");
            terminal.type(Terminal.UP + Terminal.ENTER);
            terminal.await("the table again", text -> count(text, TABLE_HEAD) == 2);
            terminal.type("kldun" + Terminal.TAB + "leak" + Terminal.TAB + Terminal.ENTER);
            terminal.await("Warning: memory type leaky leaked memory on destroy");
            terminal.await("Unloaded leaky");
            leave(terminal);
        }
        try (Terminal next = open()) {
            next.await(PROMPT.strip());
            // Three steps back in the history: exit, kldunload, vmstat -m.
            next.type(Terminal.UP.repeat(3) + Terminal.ENTER);
            next.await(TABLE_HEAD);
            leave(next);
        }
    }

    @Test
    void optionsTopicsTypesAndZonesComplete() throws Exception {
        try (Terminal terminal = open()) {
            terminal.await(PROMPT.strip());
            terminal.type("vmstat -" + Terminal.TAB);
            terminal.await("zones of the slab allocator");
            terminal.type("m tem" + Terminal.TAB + Terminal.ENTER);
            String types = terminal.await("temp     0     0K");
            assertThat(types).doesNotContain("msgbuf");
            terminal.type("vmstat -z 204" + Terminal.TAB + Terminal.ENTER);
            terminal.await("2048:                  2048,");
            terminal.type("man kldu" + Terminal.TAB + Terminal.ENTER);
            terminal.await("kldunload - ");
            leave(terminal);
        }
    }

    @Test
    void knobsModulesTypesAndOrdersComplete() throws Exception {
        try (Terminal terminal = open()) {
            terminal.await(PROMPT.strip());
            terminal.type("sysctl -n vm.kmem_map_si" + Terminal.TAB);
            terminal.await("sysctl -n vm.kmem_map_size");
            terminal.type(Terminal.ENTER);
            terminal.type("memguard tem" + Terminal.TAB + Terminal.ENTER);
            terminal.await("vm.memguard.desc:  -> temp");
            terminal.type("leaks kern" + Terminal.TAB + Terminal.ENTER);
            terminal.await("(no site) of type msgbuf of kernel");
            terminal.type("vmstat -w 1 -c 1 -s gr" + Terminal.TAB);
            terminal.await("vmstat -w 1 -c 1 -s growth");
            terminal.type(Terminal.ENTER);
            terminal.await("Growth");
            terminal.type("kldl" + Terminal.TAB + "mbu" + Terminal.TAB + Terminal.ENTER);
            terminal.await("Loaded mbuf, id=");
            leave(terminal);
        }
    }

    @Test
    void theLiveViewRunsUntilCtrlCAndGivesThePromptBack() throws Exception {
        try (Terminal terminal = open()) {
            terminal.await(PROMPT.strip());
            terminal.type("vmstat -w 1 -s rate" + Terminal.ENTER);
            terminal.await("Growth");
            terminal.await("a look that knows the one before", text -> text.contains("0/s"));
            terminal.type(Terminal.INTERRUPT);
            terminal.type("echo the prompt is | cat; echo back" + Terminal.ENTER);
            terminal.await("the prompt", text -> text.lines().anyMatch("back"::equals));
            String calm = terminal.text();
            assertThat(calm).doesNotContain("InterruptedException");
            leave(terminal);
        }
    }

    @Test
    void newsOfTheFolderLeavesTheTypedLineWhole() throws Exception {
        try (Terminal terminal = open()) {
            terminal.await(PROMPT.strip());
            terminal.type("vmstat -m le");
            terminal.await("vmstat -m le");
            Files.copy(Distribution.DRIVERS.resolve("leaky.jar"), folder.resolve("load/leaky.jar"));
            terminal.await("Loaded leaky, id=");
            terminal.type("aky" + Terminal.ENTER);
            terminal.await("leaky     3     6K       -        3  2048");
            leave(terminal);
        }
    }

    @Test
    void aPipeGetsNoGreetingAndNoColours() throws Exception {
        Files.createDirectories(folder.resolve("load"));
        LiveSystem system = LiveSystem.boot(folder, "-l", "load");
        try (system) {
            system.run("vmstat -m | grep temp");
            system.run("help");
        }
        assertThat(system.lines())
                .anyMatch(line -> line.contains("temp     0"))
                .noneMatch(line -> line.contains("Type first"))
                .noneMatch(line -> line.contains("\u001b"));
    }

    private Terminal open() throws Exception {
        Files.createDirectories(folder.resolve("load"));
        String command = String.format(
                Locale.ROOT,
                "env %s MALLOC9_HISTORY='%s' MALLOC9_CONFIG='%s' '%s' -l load; echo left with $?; sleep 600",
                Distribution.DEFAULT_SIGNALS,
                folder.resolve("history"),
                folder.resolve("etc"),
                Distribution.RUN);
        return Terminal.open(folder, command)
                .orElseGet(() -> abort("neither tmux nor python3 nor script is here: the prompt is not tested"));
    }

    private static void leave(Terminal terminal) throws Exception {
        terminal.type("exit" + Terminal.ENTER);
        terminal.await("left with 0");
    }

    private static int count(String text, String part) {
        return List.of(text.split(Pattern.quote(part), -1)).size() - 1;
    }
}
