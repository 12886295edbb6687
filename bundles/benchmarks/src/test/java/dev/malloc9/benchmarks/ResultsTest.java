package dev.malloc9.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import dev.malloc9.benchmarks.workloads.Family;
import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Sample;
import dev.malloc9.benchmarks.workloads.Unit;
import dev.malloc9.benchmarks.workloads.Workload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultsTest {

    @Test
    void linesFollowTheContendersAndRatiosTheFirstOne() {
        List<Measured> all = Samples.pair64().measured();

        assertThat(all).extracting(Measured::allocator).containsExactly("malloc9 segments", "Netty Pooled");
        assertThat(all).extracting(Measured::median).containsExactly(10.0, 40.0);
        assertThat(all).extracting(Measured::ratio).containsExactly(1.0, 4.0);
    }

    @Test
    void jsonIsAnArrayOfOneObjectPerFigureAndAllocator() {
        List<Measured> all = Samples.pair64().measured();

        JsonArray array = JsonParser.parseString(Measured.toJson(all)).getAsJsonArray();

        assertThat(array).hasSize(2);
        assertThat(array.get(1).getAsJsonObject().keySet())
                .containsExactly(
                        "figure",
                        "unit",
                        "allocator",
                        "forks",
                        "median",
                        "min",
                        "max",
                        "spread",
                        "bytes_per_op",
                        "ratio",
                        "samples",
                        "loads");
        assertThat(Measured.fromJson(array.toString())).isEqualTo(all);
    }

    @Test
    void tableNamesMachineWorkloadAndUnit() {
        assertThat(Table.of(Samples.pair64().measured(), List.of(), "a machine"))
                .startsWith("a machine")
                .contains("pair64: malloc + touch + free of 64 B")
                .contains("ratio  thread CPU ns/op")
                .contains("Netty Pooled             3    40.00    30.00    50.00     24.0     4.00")
                .contains("malloc9 segments: 0.25 of Netty Pooled");
    }

    @Test
    void missingFigureIsReportedOnceWithItsReason() {
        Results results = Samples.pair64();
        results.add(Samples.POOLED, Workload.SET10K, new Outcome.Failed("ended with 134"));
        results.add(Samples.POOLED, Workload.SET10K, new Outcome.Failed("ended with 134"));
        results.add(Samples.SEGMENTS, Workload.ZONEPAIR64, new Outcome.LeftOut("no zones"));

        assertThat(results.missing())
                .containsExactly(
                        "left out: zonepair64, malloc9 segments: no zones",
                        "failed: set10k, Netty Pooled: ended with 134, 2 times");
        assertThat(Table.of(results.measured(), results.missing(), "a machine"))
                .contains("failed: set10k, Netty Pooled: ended with 134, 2 times");
    }

    @Test
    void disturbedProcessesCountWhereThereIsNoOther() {
        Results results = Samples.pair64();
        Outcome disturbed = new Outcome.Disturbed(Map.of(Figure.PAIR64, new Sample(99, 0)));
        results.add(Samples.SEGMENTS, Workload.PAIR64, disturbed);
        results.add(Samples.ADDRESSES, Workload.PAIR64, disturbed);

        assertThat(results.measured())
                .extracting(Measured::allocator, Measured::forks, Measured::max)
                .containsExactly(
                        tuple("malloc9 segments", 3, 11.0),
                        tuple("malloc9 addresses", 1, 99.0),
                        tuple("Netty Pooled", 3, 50.0));
        assertThat(results.missing()).containsExactly("disturbed, and left out: pair64, malloc9 segments, 1 of 4");
    }

    @Test
    void spreadIsOfProcessesWithSimilarMemoryLatency() {
        Results results = new Results(List.of(Samples.ADDRESSES));
        for (double load : List.of(150.0, 210.0, 200.0, 190.0, 350.0)) {
            Sample sample = new Sample(load / 10, 0, 0, load);
            results.add(Samples.ADDRESSES, Workload.SET100K, new Outcome.Found(Map.of(Figure.SET100K, sample)));
        }

        assertThat(results.measured())
                .extracting(Measured::forks, Measured::min, Measured::max, Measured::spread)
                .containsExactly(tuple(5, 15.0, 35.0, 1.105));
        assertThat(results.measured().getFirst().loads()).containsExactly(150.0, 210.0, 200.0, 190.0, 350.0);
    }

    @Test
    void spreadIsOfAllProcessesIfFewHaveSimilarLatency() {
        Results results = new Results(List.of(Samples.ADDRESSES));
        for (double load : List.of(100.0, 150.0, 200.0, 260.0, 350.0)) {
            Sample sample = new Sample(load / 10, 0, 0, load);
            results.add(Samples.ADDRESSES, Workload.SET100K, new Outcome.Found(Map.of(Figure.SET100K, sample)));
        }

        assertThat(results.measured()).extracting(Measured::spread).containsExactly(3.5);
    }

    @Test
    void theChartIsAnSvg() {
        byte[] svg = Chart.svg(Samples.pair64().measured(), Family.PAIRS, Unit.CPU_NANOS, "a machine");

        assertThat(new String(svg, StandardCharsets.UTF_8)).contains("<svg").contains("</svg>");
    }
}
