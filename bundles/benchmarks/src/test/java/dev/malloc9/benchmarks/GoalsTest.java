package dev.malloc9.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.benchmarks.allocators.Allocator;
import dev.malloc9.benchmarks.workloads.Figure;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoalsTest {

    @Test
    void aGoalIsHeldAtItsLimit() {
        assertThat(Goals.evaluate(Samples.pair64().measured()))
                .contains("| G1 | pair64: malloc9 segments / Netty Pooled | 0.25 | <= 0.25 |  | held |")
                .contains("| G10 | pair64: heap bytes of one operation, malloc9 segments | 0.00 | <= 0.00 |  | held |")
                .contains("| G11 | pair64: worst / best process, malloc9 segments | 1.22 | <= 1.30 |  | held |");
    }

    @Test
    void aGoalBeyondItsLimitIsMissed() {
        Results results = new Results(List.of(Samples.SEGMENTS, Samples.POOLED));
        Samples.add(results, Samples.SEGMENTS, Figure.PAIR64, 0.1, 10, 13.1);
        Samples.add(results, Samples.POOLED, Figure.PAIR64, 0, 46);

        assertThat(Goals.evaluate(results.measured()))
                .contains("| G1 | pair64: malloc9 segments / Netty Pooled | 0.25 | <= 0.25 |  | **missed** |")
                .contains(
                        "| G10 | pair64: heap bytes of one operation, malloc9 segments | 0.10 | <= 0.00 |  | **missed** |")
                .contains("| G11 | pair64: worst / best process, malloc9 segments | 1.31 | <= 1.30 |  | **missed** |");
    }

    @Test
    void spreadGoalIsUndecidedIfTheControlMissesIt() {
        Contender control =
                new Contender("mimalloc in C", workload -> true, (workload, sampling) -> List.of(), Map.of());
        Results results = new Results(List.of(Samples.SEGMENTS, control));
        Samples.add(results, Samples.SEGMENTS, Figure.SET100K, 0, 40, 60);
        Samples.add(results, control, Figure.SET100K, 0, 30, 42);
        Samples.add(results, Samples.SEGMENTS, Figure.BURST64, 0, 10, 14);
        Samples.add(results, control, Figure.BURST64, 0, 10, 13);

        assertThat(Goals.evaluate(results.measured()))
                .contains("| G11 | set100k: worst / best process, malloc9 segments | 1.50 | <= 1.30 |  "
                        + "| undecided: the control is at 1.40 |")
                .contains("| G11 | burst64: worst / best process, malloc9 segments | 1.40 | <= 1.30 |  | **missed** |")
                .contains("| G11 | set100k: worst / best process, malloc9 addresses |  | <= 1.30 |  | not measured |");
    }

    /**
     * Stored segments and the pooled buffers of Netty are heap objects that leave the processor's cache; addresses are not. The spread of
     * Netty is therefore a control for segments only, and only in workloads that store blocks.
     */
    @Test
    void spreadOfStoredObjectsDecidesNothingOfSegments() {
        Contender mimalloc = Contender.of(Allocator.MIMALLOC);
        Results results = new Results(List.of(Samples.SEGMENTS, Samples.ADDRESSES, Samples.POOLED, mimalloc));
        for (Figure figure : List.of(Figure.SET100K, Figure.PAIR64)) {
            Samples.add(results, Samples.SEGMENTS, figure, 0, 40, 60);
            Samples.add(results, Samples.ADDRESSES, figure, 0, 20, 28);
            Samples.add(results, Samples.POOLED, figure, 0, 200, 280);
            Samples.add(results, mimalloc, figure, 0, 20, 21);
        }

        assertThat(Goals.evaluate(results.measured()))
                .contains("| G11 | set100k: worst / best process, malloc9 segments | 1.50 | <= 1.30 |  "
                        + "| undecided: the control is at 1.40 |")
                .contains("| G11 | set100k: worst / best process, malloc9 addresses | 1.40 | <= 1.30 |  | **missed** |")
                .contains("| G11 | pair64: worst / best process, malloc9 segments | 1.50 | <= 1.30 |  | **missed** |");
    }

    @Test
    void throughputGoalsAreMetFromAbove() {
        Contender mimalloc = Contender.of(Allocator.MIMALLOC);
        Results results = new Results(List.of(Samples.SEGMENTS, mimalloc));
        Samples.add(results, Samples.SEGMENTS, Figure.THREADS1, 0, 9);
        Samples.add(results, Samples.SEGMENTS, Figure.THREADS2, 0, 10.1);
        Samples.add(results, Samples.SEGMENTS, Figure.VTHREADS10K, 0, 20);
        Samples.add(results, mimalloc, Figure.VTHREADS10K, 0, 21);

        assertThat(Goals.evaluate(results.measured()))
                .contains("| G8 | malloc9 segments: efficiency of 2 threads | 0.89 | >= 0.90 |  | **missed** |")
                .contains("/ mimalloc critical | 1.05 | >= 0.75 | 1.00 | moonshot |");
    }

    @Test
    void goalWithoutFigureHasNoVerdict() {
        assertThat(Goals.evaluate(Samples.pair64().measured()))
                .contains("| G2 | zonepair64: malloc9 segments / mimalloc critical |  | <= 0.55 |  | not measured |")
                .contains("| mbuf | packet2k: malloc9 segments / Netty Pooled |  | <= 0.50 |  | not measured |")
                .startsWith("3 of at least 5 processes a figure: an indication, no verdict");
    }
}
