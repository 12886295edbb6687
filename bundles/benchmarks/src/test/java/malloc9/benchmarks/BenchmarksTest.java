package malloc9.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import malloc9.benchmarks.Sampling.Sample;
import malloc9.benchmarks.allocators.Allocator;
import malloc9.benchmarks.allocators.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BenchmarksTest {

    private static final Sampling SHORT = new Sampling(50, 5);

    @ParameterizedTest
    @EnumSource(
            value = Allocator.class,
            names = {"SEGMENTS", "NETTY_POOLED", "NETTY_ADAPTIVE", "CONFINED"})
    void workloadsRunOnTheAllocatorsThatAreEverywhere(Allocator allocator) {
        Subject subject = allocator.open();
        for (Workload workload : Workload.values()) {
            Sample sample = SHORT.measure(workload.on(subject));

            assertThat(sample.nanos()).as("%s on %s", workload, allocator).isPositive();
        }
    }

    @Test
    void aFreshJvmHandsItsSampleBack() {
        Sample sample = new Benchmarks(SHORT).fork(Workload.PAIR64, Allocator.ADDRESSES);

        assertThat(sample).isNotNull().extracting(Sample::nanos).matches(nanos -> nanos > 0);
    }

    @Test
    void resultsAreAnArrayOfOneObjectPerWorkloadAndAllocator() {
        List<Measured> all = measured();

        JsonArray array = JsonParser.parseString(Measured.toJson(all)).getAsJsonArray();

        assertThat(array).hasSize(2);
        assertThat(array.get(1).getAsJsonObject().keySet())
                .containsExactly(
                        "workload", "allocator", "forks", "median_ns", "min_ns", "max_ns", "bytes_per_op", "ratio");
        assertThat(Measured.fromJson(array.toString())).isEqualTo(all);
    }

    @Test
    void ratiosAreMultiplesOfSegments() {
        assertThat(measured()).extracting(Measured::medianNs).containsExactly(10.0, 40.0);
        assertThat(measured()).extracting(Measured::ratio).containsExactly(1.0, 4.0);
    }

    @Test
    void theTableSaysWhereAndOfWhat() {
        assertThat(Table.of(measured(), "a machine"))
                .startsWith("a machine")
                .contains("median, best and worst of 3 JVMs")
                .contains("Netty Pooled             40.0     30.0     50.0     24.0     4.00")
                .contains("malloc9 segments: 0.25 of Netty Pooled");
    }

    @Test
    void theChartIsAnSvg() {
        String svg = new String(Chart.svg(measured(), "a machine"), StandardCharsets.UTF_8);

        assertThat(svg).contains("<svg").contains("</svg>");
    }

    private static List<Measured> measured() {
        List<Sample> segments = List.of(new Sample(10, 0), new Sample(9, 0), new Sample(11, 0));
        List<Sample> pooled = List.of(new Sample(40, 24), new Sample(30, 24), new Sample(50, 24));
        return List.of(
                Measured.of(Workload.PAIR64, Allocator.SEGMENTS, segments, 10),
                Measured.of(Workload.PAIR64, Allocator.NETTY_POOLED, pooled, 10));
    }
}
