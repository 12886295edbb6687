package dev.malloc9.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Smoke test of {@code bundles/stress/run stops}: each stop of a module is timed. */
@Tag("slow")
class StopsTest {

    private static final int STOPS = 5;

    @Test
    @Timeout(60)
    void eachStopIsTimed() throws InterruptedException {
        Stops.Times times = Stops.run(8, STOPS, false);
        assertThat(times.nanos()).hasSize(STOPS).isSorted().allMatch(nanos -> nanos > 0);
        assertThat(times.guarded()).isZero();
        assertThat(times.toString()).startsWith(" 8 busy threads: a stop takes ");
    }

    @Test
    @Timeout(60)
    @EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
    void stopWithGuardedBlocksIsMeasured() throws InterruptedException {
        Stops.Times times = Stops.run(1, STOPS, true);
        assertThat(times.nanos()).hasSize(STOPS).isSorted().allMatch(nanos -> nanos > 0);
        assertThat(times.guarded()).isEqualTo(100L * (Stops.WARM_UP + STOPS));
        assertThat(times.toString()).startsWith(" 1 busy threads, guarded: a stop takes ");
    }
}
