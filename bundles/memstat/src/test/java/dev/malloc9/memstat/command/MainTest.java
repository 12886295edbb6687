package dev.malloc9.memstat.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.memstat.Streams;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("memstat prints saved streams and exits with 0, 1 or 2")
class MainTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void save() throws Exception {
        Files.write(folder.resolve("m.bin"), Streams.goldenTypes());
        Files.write(folder.resolve("z.bin"), Streams.goldenZones());
        byte[] later = Streams.goldenTypes();
        later[0] = 2;
        Files.write(folder.resolve("v2.bin"), later);
        Files.write(folder.resolve("cut.bin"), Arrays.copyOf(Streams.goldenTypes(), 5000));
    }

    @Test
    void fileIsPrintedByItsKind() {
        assertThat(run("m.bin")).isZero();
        assertThat(out.toString())
                .startsWith("         Type InUse MemUse HighUse Requests  Size(s)\n       oldest    -2 ")
                .endsWith("       newest     0     1K       -        1  128\n");
        assertThat(run("z.bin")).isZero();
        assertThat(out.toString()).startsWith("ITEM  ").endsWith("   1,   2\n\n");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void fileOfADeadProcessIsPrintedLikeItsKernel() throws Exception {
        assertThat(run("m.bin")).isZero();
        String table = out.toString();
        Files.write(folder.resolve("killed"), Streams.goldenFile(1));
        assertThat(run("killed")).isZero();
        assertThat(out.toString()).isEqualTo(table);
        assertThat(err.toString())
                .isEqualTo("memstat: " + folder.resolve("killed")
                        + ": process 99999999, booted at 2026-11-23T05:00:00Z, was killed\n");
        assertThat(run("--diff", "killed", "m.bin")).isZero();
        assertThat(out.toString()).isEqualTo("no differences\n");
        assertThat(run("-z", "killed")).isEqualTo(1);
    }

    @Test
    void ddbAndJsonOptionsSelectTheFormat() {
        assertThat(run("--ddb", "m.bin")).isZero();
        assertThat(out.toString()).startsWith("              Type        InUse ");
        assertThat(run("--ddb", "-z", "z.bin")).isZero();
        assertThat(out.toString()).startsWith("              Zone     Size ");
        assertThat(run("-o", "json", "m.bin", "z.bin")).isZero();
        assertThat(out.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("{\"malloc-statistics\":")
                                .endsWith("}"),
                        line -> assertThat(line)
                                .startsWith("{\"memory-zone-statistics\":")
                                .endsWith("}"));
    }

    @Test
    void severalFilesAreNamed() {
        assertThat(run("m.bin", "z.bin")).isZero();
        assertThat(out.toString().lines()).contains(folder.resolve("m.bin") + ":", folder.resolve("z.bin") + ":");
    }

    @Test
    void differencesAreShown() {
        assertThat(run("--diff", "m.bin", "m.bin")).isZero();
        assertThat(out.toString()).isEqualTo("no differences\n");
        assertThat(run("--diff", "m.bin", "z.bin")).as("of one kind").isEqualTo(1);
        assertThat(err.toString()).isEqualTo("memstat: " + folder.resolve("z.bin") + ": Data format error\n");
    }

    @Test
    void eachFailureIsOneLineAndTheOtherFilesArePrinted() {
        assertThat(run("v2.bin", "cut.bin", "m.bin", "nosuch", ".")).isEqualTo(1);
        assertThat(out.toString()).contains("       oldest    -2 ");
        assertThat(err.toString().lines())
                .containsExactly(
                        "memstat: " + folder.resolve("v2.bin") + ": Version mismatch",
                        "memstat: " + folder.resolve("cut.bin") + ": Data format error",
                        "memstat: " + folder.resolve("nosuch") + ": No such file or directory",
                        "memstat: " + folder.resolve(".") + ": Is a directory");
        assertThat(run("-m", "z.bin")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("memstat: " + folder.resolve("z.bin") + ": Data format error\n");
    }

    @Test
    void aWrongCallIsToldTheUsage() {
        assertThat(call()).isEqualTo(2);
        assertThat(err.toString()).contains("Missing required parameter: 'FILE'", "Usage: memstat ");
        assertThat(call("-m", "-z", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("mutually exclusive");
        assertThat(call("-o", "xml", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("xml");
        assertThat(call("-x")).isEqualTo(2);
        assertThat(call("--help")).isZero();
        assertThat(out.toString()).startsWith("Usage: memstat [-h");
    }

    /** Runs the command and returns its exit code. Every argument except options and {@code json} is the name of a file in the folder. */
    private int run(String... arguments) {
        return call(Arrays.stream(arguments)
                .map(argument -> argument.matches("-.*|json")
                        ? argument
                        : folder.resolve(argument).toString())
                .toArray(String[]::new));
    }

    private int call(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    }
}
