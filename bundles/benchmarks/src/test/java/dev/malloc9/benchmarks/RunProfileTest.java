package dev.malloc9.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.benchmarks.allocators.Allocator;
import dev.malloc9.benchmarks.workloads.Workload;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunProfileTest {

    @Test
    void fullProfileRunsPeersInEverySecondRound() {
        RunProfile full = RunProfile.of("full", List.of());

        assertThat(IntStream.range(0, full.rounds()).filter(round -> full.runs(Samples.SEGMENTS, round)))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(IntStream.range(0, full.rounds()).filter(round -> full.runs(Samples.POOLED, round)))
                .containsExactly(0, 2, 4, 6, 8);
        assertThat(full.workloads()).containsExactlyInAnyOrder(Workload.values());
    }

    @Test
    void fullProfileRunsTheControlInEachRound() {
        RunProfile full = RunProfile.of("full", List.of());
        Contender control = Contender.of(Allocator.MIMALLOC);

        assertThat(IntStream.range(0, full.rounds()).filter(round -> full.runs(control, round)))
                .hasSize(10);
    }

    @Test
    void quickProfileRunsTwoWorkloadsThreeTimes() {
        RunProfile quick = RunProfile.of("quick", List.of());

        assertThat(quick.workloads()).containsExactly(Workload.PAIR64, Workload.SET10K);
        assertThat(IntStream.range(0, quick.rounds()).filter(round -> quick.runs(Samples.POOLED, round)))
                .containsExactly(0, 1, 2);
    }

    @Test
    void onlyProfileSelectsWorkloadsByTitle() {
        assertThat(RunProfile.of("only", List.of("memory", "pair64")).workloads())
                .containsExactly(Workload.PAIR64, Workload.MEMORY);
        assertThatThrownBy(() -> RunProfile.of("only", List.of("pair65")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("no workload: pair65; there are pair64, zonepair64, pair16k,");
        assertThatThrownBy(() -> RunProfile.of("only", List.of()))
                .hasMessageStartingWith("only needs a workload: there are pair64, zonepair64");
    }

    @Test
    void unknownProfileIsRefusedByName() {
        assertThatThrownBy(() -> RunProfile.of("fast", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("neither smoke, quick, price, full nor only: fast");
    }
}
