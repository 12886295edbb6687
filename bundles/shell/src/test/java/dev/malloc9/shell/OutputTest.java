package dev.malloc9.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.malloc9.shell.output.Output;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A command's output")
@SuppressWarnings("NullAway.Init") // open() assigns the fields before each test
class OutputTest {

    private static final List<String> CALLS = List.of(
            "vmstat -m temp",
            "vmstat -mb temp",
            "vmstat -z -o json 4096",
            "vmstat -w 1 -c 1 temp",
            "show freepages",
            "show multizone_matches temp",
            "leaks",
            "whatis 0x10",
            "panics",
            "suspects",
            "level",
            "verify",
            "sysctl -d vm.kmem_size",
            "memguard --help",
            "dmesg -a");

    @TempDir
    Path folder;

    private GogoLines gogo;

    @BeforeEach
    void open() {
        gogo = new GogoLines();
    }

    @AfterEach
    void close() {
        gogo.close();
    }

    @Test
    void redirectedOutputStandsInTheFileOnly() throws Exception {
        Path file = folder.resolve("f");
        for (String call : CALLS) {
            String shown = gogo.batch(call);
            assertThat(shown).as(call).isNotBlank();
            assertThat(gogo.batch(call + " > " + file)).as(call).isEmpty();
            assertThat(file).as(call).hasContent(shown);
            assertThat(gogo.batch(call + " >> " + file)).as(call).isEmpty();
            assertThat(file).as(call).hasContent(shown + shown);
            assertThat(gogo.prompt(call + " | cat > " + file)).as(call).isEmpty();
            assertThat(file).as(call).hasContent(shown);
            assertThat(gogo.prompt("each [1 2] { " + call + " } > " + file))
                    .as(call)
                    .isEmpty();
            assertThat(file).as(call).hasContent(shown + shown);
        }
    }

    /** A command that returns its output, as the commands of Apache Felix do. */
    public static final class Returning {
        public String lb(String text) {
            return text;
        }
    }

    @Test
    void resultOfAForeignCommandFollowsItsRedirection() throws Exception {
        gogo.add("lb", new Returning());
        Path file = folder.resolve("a b");
        assertThat(gogo.batch("f = '" + file + "'; lb one > $f; lb two >> $f; lb three | cat >> $f"))
                .isEqualTo(file + "\n");
        assertThat(file).hasContent("one\ntwo\nthree\n");
        assertThat(gogo.batch("echo no && lb four > $f")).isEqualTo("no\n");
        assertThat(file).hasContent("four\n");
        assertThat(gogo.batch("lb five 2> $f; lb six | cat")).isEqualTo("five\nsix\n");
        assertThat(file).isEmptyFile();
        assertThat(gogo.batch("lb seven > /dev/full")).isEmpty();
        assertThat(gogo.errors()).singleElement().asString().startsWith("lb: cannot write /dev/full");
        assertThat(gogo.batch("lb eight > " + folder)).isEmpty();
        assertThat(gogo.errors()).hasSize(1);
    }

    @Test
    void eachResultOfALineIsShownOnce() throws Exception {
        for (String call : CALLS) {
            String shown = gogo.prompt(call);
            assertThat(gogo.batch(call)).as(call).isEqualTo(shown);
            for (String twice : List.of(
                    call + "; " + call,
                    call + "\n" + call,
                    "each [1 2] { " + call + " }",
                    "f = { " + call + " } ; f; f",
                    call + " | cat; " + call + " | cat")) {
                String definition = twice.startsWith("f = ") ? gogo.prompt("f = { " + call + " }") : "";
                String line = twice.startsWith("f = ") ? "f; f" : twice;
                assertThat(definition).doesNotContain("\n\n");
                assertThat(gogo.prompt(line)).as(line).isEqualTo(shown + shown);
                assertThat(gogo.batch(line)).as(line).isEqualTo(shown + shown);
            }
        }
    }

    @Test
    void resultCanBeAssignedTestedAndFiltered() throws Exception {
        String shown = gogo.prompt("vmstat -m temp");
        assertThat(gogo.prompt("x = (vmstat -m temp)")).isEqualTo(shown);
        assertThat(gogo.prompt("$x")).isEqualTo(shown);
        assertThat(gogo.prompt("y = vmstat -m temp")).isEqualTo(shown);
        assertThat(gogo.prompt("$y")).isEqualTo(shown);
        assertThat(gogo.prompt("if { vmstat -m temp } { echo yes } else { echo no }"))
                .isEqualTo("yes\n");
        assertThat(gogo.prompt("if { panics; level } { vmstat -m temp }")).isEqualTo(gogo.prompt("panics") + shown);
        assertThat(gogo.prompt("not { level }")).isEqualTo("false\n");
        assertThat(gogo.prompt("vmstat -m | grep -v Type | grep temp"))
                .contains("temp")
                .hasLineCount(1);
    }

    @Test
    void outputThatCannotBeWrittenIsAnError() {
        for (String call : CALLS) {
            String command = call.split(" ", -1)[0];
            assertThat(gogo.batch(call + " > /dev/full")).isEmpty();
            assertThat(gogo.errors()).as(call).containsExactly(command + ": cannot write /dev/full");
        }
        gogo.batch("sysctl -b vm.zone_stats > /dev/full");
        assertThat(gogo.errors()).containsExactly("sysctl: cannot write /dev/full");
        gogo.batch("vmstat -m | cat > /dev/full");
        assertThat(gogo.errors()).containsExactly("cat: cannot write the output");
        gogo.batch("echo a > /dev/full");
        assertThat(gogo.errors()).containsExactly("echo: cannot write the output");
    }

    @Test
    void commandEndsQuietlyWhenItsReaderIsGone() {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            assertThat(gogo.batch("vmstat -w 1 | head -n 1")).hasLineCount(1);
            assertThat(gogo.errors()).isEmpty();
        });
    }

    @Test
    void interruptFlagKeepsNothingFromBeingPrinted() {
        gogo.add("quiet", new Interrupting());
        assertThat(gogo.batch("quiet; echo next")).isEqualTo("said\nagain\nnext\n");
        assertThat(gogo.errors()).isEmpty();
    }

    /** A command that prints while its thread's interrupt flag is set. */
    public static final class Interrupting {

        /** Sets the flag and prints two lines. Called by Gogo. */
        public void quiet() {
            Thread.currentThread().interrupt();
            Output.current().println("said");
            Output.current().println("again");
        }
    }
}
