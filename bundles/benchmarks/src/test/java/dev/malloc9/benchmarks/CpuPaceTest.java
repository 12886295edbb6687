package dev.malloc9.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Sample;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CpuPaceTest {

    private final CpuPace pace = new CpuPace();

    @Test
    void aProcessOnASlowCoreIsDisturbed() {
        assertThat(pace.isUndisturbed(105)).isTrue();
        assertThat(pace.isUndisturbed(100)).isTrue();
        assertThat(pace.isUndisturbed(107)).isTrue();
        assertThat(pace.isUndisturbed(150)).isFalse();
        assertThat(pace.isUndisturbed(109)).isTrue();
    }

    @Test
    void singleFastProcessDoesNotSetThePace() {
        assertThat(pace.isUndisturbed(100)).isTrue();
        assertThat(pace.isUndisturbed(100)).isTrue();
        assertThat(pace.isUndisturbed(100)).isTrue();
        assertThat(pace.isUndisturbed(50)).isTrue();
        assertThat(pace.isUndisturbed(100)).isTrue();
    }

    @Test
    void processWithoutPaceIsAcceptedUnchanged() {
        assertThat(pace.isUndisturbed(100)).isTrue();
        assertThat(pace.isUndisturbed(new Outcome.Found(Map.of(Figure.VTHREADS10K, new Sample(10, 0)))))
                .isTrue();
        assertThat(pace.isUndisturbed(new Outcome.Found(Map.of(Figure.PAIR64, new Sample(10, 0, 150, 0)))))
                .isFalse();
    }
}
