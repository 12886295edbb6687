package dev.malloc9.kernel;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests a kernel in a JVM whose address space is limited by {@code ulimit -v}. */
@Tag("slow")
class AddressSpaceLimitTest {

    @MallocDefine(name = "hungry")
    static final MallocType M_HUNGRY = MallocType.define();

    private static final int THREADS = 64;

    /** The program of the forked JVM: fills the map, and then starts threads, whose stacks need address space. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws InterruptedException {
            try (Kernel kernel = Kernel.boot()) {
                int blocks = 0;
                while (kernel.malloc().malloc(1 << 20, M_HUNGRY, M_NOWAIT) != null) {
                    blocks++;
                }
                CountDownLatch end = new CountDownLatch(1);
                for (int i = 0; i < THREADS; i++) {
                    Thread.ofPlatform().daemon().start(() -> {
                        try {
                            end.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    });
                }
                end.countDown();
                System.out.println("map " + kernel.sysctl().readText("vm.kmem_size") + " filled "
                        + ((blocks * 100L) << 20)
                                / Long.parseLong(kernel.sysctl().readText("vm.kmem_size")) + " %");
            }
        }
    }

    @Test
    void kernelLeavesAddressesForTheJvm() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "ulimit -v is Linux's");
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -v 4000000 && exec \"$@\"",
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed.lines().filter(line -> line.startsWith("map ")).toList())
                .singleElement()
                .satisfies(line -> {
                    String[] words = line.split(" ", -1);
                    assertThat(Long.parseLong(words[1])).isBetween(64L << 20, 1L << 30);
                    assertThat(Integer.parseInt(words[3])).isGreaterThan(90);
                });
    }
}
