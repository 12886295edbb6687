package malloc9.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import malloc9.benchmarks.workloads.Figure;
import malloc9.benchmarks.workloads.Sample;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final String ANYBODY = "anybody";

    private final Pace pace = new Pace();

    @Test
    void aProcessOnASlowCoreIsDisturbed() {
        assertThat(isUndisturbed(105)).isTrue();
        assertThat(isUndisturbed(100)).isTrue();
        assertThat(isUndisturbed(107)).isTrue();
        assertThat(isUndisturbed(150)).isFalse();
        assertThat(isUndisturbed(109)).isTrue();
    }

    @Test
    void oneWrongClockDisturbsNobody() {
        assertThat(isUndisturbed(100)).isTrue();
        assertThat(isUndisturbed(100)).isTrue();
        assertThat(isUndisturbed(100)).isTrue();
        assertThat(isUndisturbed(50)).isTrue();
        assertThat(isUndisturbed(100)).isTrue();
    }

    @Test
    void whoHasNoPaceIsTakenAsHeIs() {
        assertThat(isUndisturbed(100)).isTrue();
        assertThat(isUndisturbed(Figure.VTHREADS10K, new Sample(10, 0))).isTrue();
        assertThat(isUndisturbed(150)).isFalse();
    }

    @Test
    void memoryThatIsNearerOrFartherThanMostlyDisturbs() {
        learn("somebody", 400);
        learn(ANYBODY, 200, 205, 195, 200);

        assertThat(isUndisturbed(Figure.SET100K, new Sample(10, 0, 0, 220))).isTrue();
        assertThat(isUndisturbed(Figure.SET100K, new Sample(10, 0, 0, 230))).isFalse();
        assertThat(isUndisturbed(Figure.SET100K, new Sample(10, 0, 0, 170))).isFalse();
        assertThat(pace.isUndisturbed("somebody", Figure.SET100K, new Sample(10, 0, 0, 400)))
                .isTrue();
    }

    private void learn(String contender, double... loads) {
        for (double load : loads) {
            pace.learn(contender, Map.of(Figure.SET100K, new Sample(10, 0, 0, load)));
        }
    }

    private boolean isUndisturbed(double nanos) {
        return isUndisturbed(Figure.PAIR64, new Sample(10, 0, nanos, 0));
    }

    private boolean isUndisturbed(Figure figure, Sample sample) {
        pace.learn(ANYBODY, Map.of(figure, sample));
        return pace.isUndisturbed(ANYBODY, figure, sample);
    }
}
