package dev.malloc9.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.malloc9.benchmarks.workloads.Sampling;
import dev.malloc9.benchmarks.workloads.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests of the reference program in C. They are skipped if no C compiler is installed. */
@Tag("slow")
class ReferenceTest {

    @TempDir
    static Path folder;

    private static final Sampling SHORT = new Sampling(10, 5, 4);

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        assumeTrue(run("cc", "--version").status() == 0, "needs a C compiler");
        Run cc = run("sh", "src/main/c/compile", folder.resolve("reference").toString());
        assertThat(cc.lines()).isEmpty();
        assertThat(cc.status()).isZero();
    }

    @Test
    void scriptsInCEqualTheScriptsInJava() throws IOException, InterruptedException {
        assertThat(run(folder.resolve("reference").toString(), "script", "1000").lines())
                .containsExactly("172093906145589451 6686171986122090478");
    }

    @Test
    void cProgramRunsAllWorkloads() {
        Contender glibc = Reference.GLIBC.contender(folder.resolve("reference"));
        List<Workload> workloads =
                Arrays.stream(Workload.values()).filter(glibc.runs()).toList();

        assertThat(workloads).hasSize(9);
        for (Workload workload : workloads) {
            assertThat(new Trial(glibc, workload, SHORT).run())
                    .as("%s", workload)
                    .isInstanceOf(Outcome.Found.class);
        }
    }

    @Test
    void missingLibraryIsLeftOutWithItsReason() {
        Contender glibc = Reference.GLIBC.contender(folder.resolve("reference"));
        Contender jemalloc = Reference.JEMALLOC.contender(folder.resolve("reference"));
        Contender notPreloaded =
                new Contender(jemalloc.title(), jemalloc.runs(), jemalloc.command(), glibc.environment());

        assertThat(new Trial(notPreloaded, Workload.PAIR64, SHORT).run())
                .isEqualTo(new Outcome.LeftOut("jemalloc is not installed or cannot be loaded"));
    }

    private record Run(int status, List<String> lines) {}

    private static Run run(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            List<String> lines = process.inputReader().readAllLines();
            return new Run(process.waitFor(), lines);
        } catch (IOException e) {
            return new Run(127, List.of());
        }
    }
}
