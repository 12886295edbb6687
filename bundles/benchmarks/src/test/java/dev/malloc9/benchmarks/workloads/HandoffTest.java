package dev.malloc9.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HandoffTest {

    private static final int ROUNDS = 100;

    private final Handoff<long[]> handoff = new Handoff<>(() -> new long[Handoff.BATCH]);

    @Test
    void eachPublishedBatchIsReceivedOnce() throws InterruptedException {
        AtomicLong sum = new AtomicLong();
        Thread emptying = start(batch -> sum.addAndGet(Arrays.stream(batch).sum()));

        for (int round = 0; round < ROUNDS; round++) {
            Arrays.fill(handoff.claim(), round);
            handoff.publish();
            assertThat(handoff.hopNanos()).isPositive();
        }
        handoff.close();
        emptying.join();

        assertThat(sum).hasValue((long) Handoff.BATCH * ROUNDS * (ROUNDS - 1) / 2);
    }

    @Test
    void failureOfTheReceiverIsRethrownByClaim() throws InterruptedException {
        Thread emptying = start(batch -> {
            throw new IllegalArgumentException("on purpose");
        });
        handoff.claim();
        handoff.publish();
        emptying.join();

        assertThat(handoff.hopNanos()).isPositive();
        assertThatThrownBy(handoff::claim).hasRootCauseMessage("on purpose");
    }

    private Thread start(Consumer<long[]> consumer) {
        return Thread.ofPlatform().daemon().start(() -> handoff.emptyWith(consumer));
    }
}
