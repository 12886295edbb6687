package dev.malloc9.uma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.uma.ZoneLimit.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ZoneLimitTest {

    private final LongAdder sleeps = new LongAdder();
    private final ZoneLimit limit = new ZoneLimit(2, sleeps);

    @Test
    void creditsAreRefusedAtTheLimit() {
        assertThat(limit.tryTake()).isTrue();
        assertThat(limit.take()).isEqualTo(Outcome.GRANTED);
        assertThat(limit.tryTake()).isFalse();
        limit.give();
        assertThat(limit.tryTake()).isTrue();
        assertThat(limit.used()).isEqualTo(2);
        assertThat(sleeps.sum()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void waitersAreServedInTheirOrder(boolean virtual) throws InterruptedException {
        limit.charge(2);
        BlockingQueue<Integer> served = new LinkedBlockingQueue<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            start(virtual, () -> {
                limit.take();
                served.add(number);
            });
            awaitSleeps(i + 1);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(limit.tryTake()).as("nobody overtakes").isFalse();
            limit.give();
            assertThat(served.poll(30, TimeUnit.SECONDS)).isEqualTo(i);
        }
        assertThat(limit.used()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptedWaiterGetsOutAndStaysInterrupted(boolean virtual) throws InterruptedException {
        limit.charge(2);
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        Thread first = start(virtual, () -> ends.add(limit.take() + " " + Thread.interrupted()));
        awaitSleeps(1);
        start(virtual, () -> ends.add(limit.take() + " " + Thread.interrupted()));
        awaitSleeps(2);
        first.interrupt();
        assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("INTERRUPTED true");
        limit.give();
        assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo("GRANTED false");
        assertThat(limit.used()).isEqualTo(2);
    }

    @Test
    void interruptedRequestIsServedIfItNeedNotWait() {
        Thread.currentThread().interrupt();
        assertThat(limit.take()).isEqualTo(Outcome.GRANTED);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void closeEndsWaitersWithClosed() throws InterruptedException {
        limit.charge(2);
        BlockingQueue<Outcome> ends = new LinkedBlockingQueue<>();
        start(false, () -> ends.add(limit.take()));
        start(true, () -> ends.add(limit.take()));
        awaitSleeps(2);
        limit.close();
        assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo(Outcome.CLOSED);
        assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo(Outcome.CLOSED);
        assertThat(limit.take()).isEqualTo(Outcome.CLOSED);
        assertThat(limit.used()).isEqualTo(2);
    }

    @Test
    void aHigherLimitLetsWaitersIn() throws InterruptedException {
        limit.charge(2);
        BlockingQueue<Outcome> ends = new LinkedBlockingQueue<>();
        start(false, () -> ends.add(limit.take()));
        awaitSleeps(1);
        limit.max(3);
        assertThat(ends.poll(30, TimeUnit.SECONDS)).isEqualTo(Outcome.GRANTED);
        limit.max(1);
        limit.give();
        assertThat(limit.tryTake()).as("2 are in use").isFalse();
    }

    /** Eight threads perform 100,000 rounds in all. After a lost wake-up, the test would hang. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noWakeUpIsLost(boolean virtual) throws InterruptedException {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(start(virtual, () -> {
                for (int round = 0; round < 12_500; round++) {
                    limit.take();
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    limit.give();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most.get()).isBetween(1, 2);
        assertThat(limit.used()).isZero();
    }

    private void awaitSleeps(int count) {
        while (sleeps.sum() < count) {
            LockSupport.parkNanos(100_000);
        }
    }

    private static Thread start(boolean virtual, Runnable task) {
        return virtual
                ? Thread.ofVirtual().start(task)
                : Thread.ofPlatform().daemon().start(task);
    }
}
