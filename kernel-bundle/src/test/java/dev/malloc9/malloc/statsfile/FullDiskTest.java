package dev.malloc9.malloc.statsfile;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Tests that a process whose limit on file sizes is too small for the statistics file boots without it. */
@EnabledOnOs(OS.LINUX)
@Tag("slow")
class FullDiskTest {

    /** The limit in units of 512 bytes: 1 MiB. */
    private static final int LIMIT = 2048;

    @TempDir
    Path folder;

    /** The program of the forked process: boots, allocates, and prints the messages and a count. */
    static final class Child {

        @MallocDefine(name = "child")
        private static final MallocType M_CHILD = MallocType.define();

        public static void main(String[] arguments) {
            try (Kernel kernel = Kernel.boot(new Tunables(16 << 20).withStatsFile(arguments[0]))) {
                kernel.malloc().free(kernel.malloc().malloc(100, M_CHILD, M_WAITOK), M_CHILD);
                kernel.runtime().messages().forEach(System.out::println);
                System.out.println(kernel.runtime().types().getLast().allocs());
            }
        }
    }

    @Test
    void aKernelBootsWithoutAFileThatDoesNotFit() throws IOException, InterruptedException {
        Path file = folder.resolve("stats");
        List<String> lines = run("ulimit -f " + LIMIT + "; exec \"$@\"", file);
        assertThat(lines).contains("malloc9: no statistics file: " + file + ": File too large", "1");
        assertThat(file).doesNotExist();
    }

    @Test
    void fileFitsWithoutALimit() throws IOException, InterruptedException {
        Path file = folder.resolve("stats");
        assertThat(run("exec \"$@\"", file)).contains("malloc9: statistics of up to 1024 types in " + file, "1");
        assertThat(Files.size(file)).isEqualTo(2_142_240);
    }

    private static List<String> run(String shell, Path file) throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        "sh",
                        "-c",
                        shell,
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        List<String> lines = child.inputReader(StandardCharsets.UTF_8).lines().toList();
        assertThat(child.waitFor()).as("%s", lines).isZero();
        return lines;
    }
}
