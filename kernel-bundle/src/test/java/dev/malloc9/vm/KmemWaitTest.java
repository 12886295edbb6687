package dev.malloc9.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.runtime.LowMemoryHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KmemWaitTest {

    private final KernelMap map = new KernelMap(PageSource.reserve(2 << 20));
    private final List<String> events = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();
    private final LowMemory lowMemory = new LowMemory(
            new FailPoints(), new ForeignCalls(), (handler, thrown) -> failures.add(thrown), handler -> {});
    private final VirtualClock clock = new VirtualClock();
    private final KmemWait kmemWait = new KmemWait(map, lowMemory, () -> events.add("reclaim"), clock);

    @AfterEach
    void close() {
        map.close();
    }

    @Test
    void eachOfEightRoundsReclaimsAndWaitsLonger() throws InterruptedException {
        lowMemory.register(() -> events.add("lowmem"));
        assertThat(kmemWait.retry(() -> {
                    events.add("try");
                    return 0;
                }))
                .isZero();
        assertThat(clock.waits).containsExactly(250L, 500L, 750L, 1000L, 1250L, 1500L, 1750L, 2000L);
        assertThat(events).hasSize(32);
        for (int round = 0; round < 8; round++) {
            assertThat(events.subList(4 * round, 4 * round + 4)).containsExactly("lowmem", "reclaim", "try", "try");
        }
    }

    @Test
    void memoryOfAHandlerIsFoundWithoutAWait() throws InterruptedException {
        map.allocate(32, 1);
        lowMemory.register(() -> map.release(7, 1));
        assertThat(kmemWait.retry(() -> Math.max(0, map.allocate(1, 1)))).isEqualTo(7);
        assertThat(clock.waits).isEmpty();
    }

    @Test
    void errorOfAHandlerIsReportedAndOthersAreCalled() throws InterruptedException {
        Error error = new StackOverflowError();
        lowMemory.register(() -> {
            throw error;
        });
        lowMemory.register(() -> events.add("second"));
        kmemWait.reclaim();
        assertThat(failures).containsExactly(error);
        assertThat(events).containsExactly("second", "reclaim");
    }

    @Test
    void deregisteredHandlerIsNotCalled() {
        AtomicInteger asked = new AtomicInteger();
        LowMemoryHandler handler = asked::incrementAndGet;
        lowMemory.register(handler);
        kmemWait.reclaim();
        lowMemory.deregister(handler);
        kmemWait.reclaim();
        assertThat(asked).hasValue(1);
    }

    @Test
    void aRequestOfAHandlerTriesOnceAndDoesNotAskAgain() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger tries = new AtomicInteger();
        lowMemory.register(() -> {
            if (asked.incrementAndGet() > 10) {
                return;
            }
            try {
                kmemWait.retry(() -> {
                    tries.incrementAndGet();
                    return 0;
                });
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(kmemWait.retry(() -> asked.get() == 3 ? 1 : 0)).isEqualTo(1);
        assertThat(asked).hasValue(3);
        assertThat(tries).hasValue(3);
        assertThat(clock.waits).containsExactly(250L, 500L);
    }

    @Test
    void aReleaseEndsTheWaitAtOnce() throws Exception {
        map.allocate(32, 1);
        StoppedClock stopped = new StoppedClock();
        KmemWait waits = new KmemWait(map, lowMemory, () -> {}, stopped);
        CompletableFuture<Long> first = new CompletableFuture<>();
        Thread waiter = Thread.ofVirtual().start(() -> complete(first, waits, 2));
        stopped.awaitWaiter();
        map.release(9, 1);
        // One unit is too little for two, so the request continues to wait.
        stopped.awaitWaiter();
        assertThat(first).isNotDone();
        map.release(10, 1);
        assertThat(first.get(30, TimeUnit.SECONDS)).isEqualTo(9);
        waiter.join();
    }

    @Test
    void aReleaseBetweenTryAndWaitIsNotMissed() throws InterruptedException {
        map.allocate(32, 1);
        KmemWait waits = new KmemWait(map, lowMemory, () -> {}, new StoppedClock());
        AtomicInteger tries = new AtomicInteger();
        assertThat(waits.retry(() -> {
                    long unit = Math.max(0, map.allocate(1, 1));
                    if (tries.incrementAndGet() == 1) {
                        map.release(5, 1);
                    }
                    return unit;
                }))
                .isEqualTo(5);
    }

    @Test
    void interruptedWaiterThrowsInterruptedException() throws InterruptedException {
        StoppedClock stopped = new StoppedClock();
        KmemWait waits = new KmemWait(map, lowMemory, () -> {}, stopped);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                waits.retry(() -> 0);
            } catch (InterruptedException e) {
                thrown.set(e);
            }
        });
        stopped.awaitWaiter();
        waiter.interrupt();
        waiter.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> waits.retry(() -> {
                    throw new IllegalStateException("the attempt's own");
                }));
    }

    private void complete(CompletableFuture<Long> result, KmemWait waits, int units) {
        try {
            result.complete(waits.retry(() -> Math.max(0, map.allocate(units, 1))));
        } catch (InterruptedException | RuntimeException e) {
            result.completeExceptionally(e);
        }
    }
}
