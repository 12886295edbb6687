package dev.malloc9.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CoreDistanceTest {

    private final CoreDistance distance = new CoreDistance();

    @Test
    void twiceTheNearestTimeIsFar() {
        assertThat(distance.isNear(160)).as("all there is").isTrue();
        assertThat(distance.isNear(30)).as("nearer").isTrue();
        assertThat(distance.isNear(160)).as("far, as is known by now").isFalse();
        assertThat(distance.isNear(60)).as("at the limit").isTrue();
        assertThat(distance.isNear(61)).as("beyond it").isFalse();
    }

    @Test
    @Timeout(20)
    void aHopIsMeasured() {
        assertThat(CoreDistance.nanos()).isBetween(1.0, 100_000.0);
    }
}
