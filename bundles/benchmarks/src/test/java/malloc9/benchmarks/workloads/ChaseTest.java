package malloc9.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ChaseTest {

    @Test
    void allLinesAreOneRing() {
        BitSet seen = new BitSet();
        for (int line = 0; !seen.get(line); line = Chase.next(line)) {
            seen.set(line);
        }

        assertThat(seen.cardinality()).isEqualTo(Chase.LINES);
    }

    @Test
    void aLoadTakesTime() {
        assertThat(new Chase().nanos()).isPositive();
    }
}
