package dev.malloc9.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class LatencyProbeTest {

    @Test
    void allLinesAreOneRing() {
        BitSet seen = new BitSet();
        for (int line = 0; !seen.get(line); line = LatencyProbe.next(line)) {
            seen.set(line);
        }

        assertThat(seen.cardinality()).isEqualTo(LatencyProbe.LINES);
    }

    @Test
    void aLoadTakesTime() {
        assertThat(new LatencyProbe().nanos()).isPositive();
    }
}
