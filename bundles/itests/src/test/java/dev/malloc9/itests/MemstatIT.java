package dev.malloc9.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the jar of memstat, run alone on files that the shell of the distribution has saved. */
@Tag("script")
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "felix-config/run is a POSIX script")
class MemstatIT {

    @TempDir
    private Path folder;

    @Test
    void theBytesOnTheStandardOutputAreAStream() throws Exception {
        Path saved = folder.resolve("s.bin");
        Process process = new ProcessBuilder(Distribution.RUN.toString(), "-c", "sysctl -b kern.malloc_stats")
                .redirectOutput(saved.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.waitFor()).isZero();
        assertThat(memstat(0, saved.toString()).lines())
                .startsWith(
                        "         Type InUse MemUse HighUse Requests  Size(s)",
                        "       msgbuf     8    32K       -        8  4096");
    }

    @Test
    void aSavedStreamIsPrintedAsTheShellPrintedIt() throws Exception {
        String shell = run("kldload leaky; vmstat -m; sysctl -b kern.malloc_stats > s.bin");
        String types = memstat(0, "s.bin");
        assertThat(types).contains("\n        leaky     3     6K       -        3  2048\n");
        assertThat(shell).contains(types);
        assertThat(run("vmstat -z; sysctl -b vm.zone_stats > z.bin")).isEqualTo(memstat(0, "z.bin"));
    }

    @Test
    void theDebuggersViewsAndJsonAreTheShellsToo() throws Exception {
        assertThat(run("show uma; sysctl -b vm.zone_stats > z.bin")).isEqualTo(memstat(0, "--ddb", "z.bin"));
        assertThat(run("show malloc; sysctl -b kern.malloc_stats > s.bin")).isEqualTo(memstat(0, "--ddb", "s.bin"));
        assertThat(run("vmstat -m -o json; sysctl -b kern.malloc_stats > s.bin"))
                .startsWith("{\"malloc-statistics\":")
                .isEqualTo(memstat(0, "-o", "json", "s.bin"));
    }

    @Test
    void differenceShowsTheTypesOfTheModule() throws Exception {
        run("sysctl -b kern.malloc_stats > before.bin; kldload leaky; sysctl -b kern.malloc_stats > after.bin");
        assertThat(memstat(0, "--diff", "before.bin", "after.bin")).isEqualTo("""
                              Type    InUse        Bytes   Requests      Now    Bytes now  Change
                             leaky       +3        +6144         +3        3         6144  new
                """);
    }

    @Test
    void fileWithoutStreamIsRefused() throws Exception {
        Files.writeString(folder.resolve("text"), "Type InUse MemUse HighUse");
        assertThat(memstat(1, "text")).isEqualTo("memstat: text: Version mismatch\n");
    }

    private String run(String commands) throws Exception {
        Distribution.Run run = Distribution.run(folder, "-c", commands);
        assertThat(run.exit()).as(run.err()).isZero();
        return run.out();
    }

    private String memstat(int exit, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", jar().toString()));
        command.addAll(List.of(arguments));
        File printed = folder.resolve("memstat.out").toFile();
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(printed)
                .start();
        String out = process.waitFor() == exit ? "" : "memstat exited with " + process.exitValue() + ": ";
        return out + Files.readString(printed.toPath());
    }

    private static Path jar() throws Exception {
        try (Stream<Path> files = Files.list(Distribution.ROOT.resolve("bundles/memstat/target"))) {
            return files.filter(file -> file.getFileName().toString().matches("malloc9-memstat-.*\\.jar"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
