package dev.malloc9.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.benchmarks.allocators.Allocator;
import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Sampling;
import dev.malloc9.benchmarks.workloads.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tests of trials, each of which runs in a JVM of its own. */
@Tag("slow")
class TrialTest {

    private static final Sampling SHORT = new Sampling(50, 5, 4);

    @Test
    void aFreshJvmHandsItsSampleBack() {
        Outcome outcome = new Trial(Contender.of(Allocator.ADDRESSES), Workload.PAIR64, SHORT).run();

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Found.class, found -> {
            assertThat(found.samples()).containsOnlyKeys(Figure.PAIR64);
            assertThat(found.samples().values()).allMatch(sample -> sample.value() > 0);
        });
    }

    @Test
    void unsupportedWorkloadIsLeftOutWithItsReason() {
        Outcome outcome = new Trial(Contender.of(Allocator.CONFINED), Workload.CROSSFREE, SHORT).run();

        assertThat(outcome).isEqualTo(new Outcome.LeftOut("a block is freed by the thread that allocated it"));
    }

    @Test
    void aProcessThatHangsHasFailed() {
        Outcome outcome =
                new Trial(Contender.of(Allocator.SEGMENTS), Workload.PAIR64, new Sampling(600_000, 5, 4)).run(1);

        assertThat(outcome).isEqualTo(new Outcome.Failed("did not end in 1 s"));
    }

    @Test
    void runSurvivesCrashAndNonsenseOfContenders() {
        Contender crashing = java("crashing", "-XX:NoSuchFlag");
        Contender babbling = java("babbling", "--version");
        RunProfile form =
                new RunProfile(EnumSet.of(Workload.PAIR64), contender -> true, 1, 1, 0, SHORT, Duration.ofMinutes(1));

        Results results = new Benchmarks(form, List.of(crashing, babbling, Samples.SEGMENTS)).measure();

        assertThat(results.measured()).extracting(Measured::allocator).containsExactly("malloc9 segments");
        assertThat(results.missing()).hasSize(2);
        assertThat(results.missing().getFirst()).isEqualTo("failed: pair64, crashing: ended with 1");
        assertThat(results.missing().getLast()).startsWith("failed: pair64, babbling: no sample in: ");
    }

    @Test
    void nothingIsStartedAfterTheLimit() {
        RunProfile form = new RunProfile(EnumSet.of(Workload.PAIR64), contender -> true, 1, 1, 0, SHORT, Duration.ZERO);

        assertThat(new Benchmarks(form, List.of(Samples.SEGMENTS)).measure().measured())
                .isEmpty();
    }

    private static Contender java(String title, String argument) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new Contender(title, workload -> true, (workload, sampling) -> List.of(java, argument), Map.of());
    }
}
