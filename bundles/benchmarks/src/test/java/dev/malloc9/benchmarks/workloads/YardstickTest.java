package dev.malloc9.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class YardstickTest {

    private double hop = 20;

    private final Loop loop = new Loop() {
        @Override
        public void run(int operations) {}

        @Override
        public double hopNanos() {
            return hop;
        }
    };

    @Test
    void sliceWithAFarEndCountsOnlyAfterManyAttempts() {
        Yardstick yardstick = new Yardstick(loop, 1);
        yardstick.lay();
        hop = 200;

        assertThat(yardstick.counts()).isFalse();
        assertThat(yardstick.counts()).isFalse();
        assertThat(yardstick.counts()).isFalse();
        assertThat(yardstick.counts()).isFalse();
        assertThat(yardstick.counts()).isTrue();
    }

    @Test
    void loopWithoutMemoryLatencyHasNoLoad() {
        Yardstick yardstick = new Yardstick(loop, 1);
        yardstick.lay();

        assertThat(yardstick.usual()).isPositive();
        assertThat(yardstick.usualLoad()).isZero();
    }
}
