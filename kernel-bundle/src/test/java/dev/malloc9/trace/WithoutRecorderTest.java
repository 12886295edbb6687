package dev.malloc9.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocFlags;
import dev.malloc9.api.MallocType;
import dev.malloc9.kernel.Kernel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests a kernel in a JVM that has no Flight Recorder, or in which no recording is on. */
@Tag("slow")
class WithoutRecorderTest {

    @Test
    void kernelRunsWithItsRequiredModulesOnly() throws Exception {
        assertThat(ForkedJvm.run(Plain.class, "--limit-modules", "jdk.management"))
                .containsExactly(
                        "malloc9: no probes: this JVM has no Flight Recorder (module jdk.jfr is missing)", "runs");
    }

    @Test
    void kernelWithARecorderLogsNothingAboutProbes() throws Exception {
        assertThat(ForkedJvm.run(Plain.class)).containsExactly("runs");
    }

    /** The program of the forked JVM: prints the kernel's messages about probes, and then "runs". */
    public static final class Plain {

        @MallocDefine(name = "plain")
        private static final MallocType M_PLAIN = MallocType.define();

        private Plain() {}

        public static void main(String[] args) {
            try (Kernel kernel = Kernel.boot()) {
                kernel.rawMalloc().free(kernel.rawMalloc().malloc(1, M_PLAIN, MallocFlags.M_WAITOK), M_PLAIN);
                kernel.runtime().messages().stream()
                        .filter(line -> line.contains("probes"))
                        .forEach(System.out::println);
                System.out.println("runs");
            }
        }
    }
}
