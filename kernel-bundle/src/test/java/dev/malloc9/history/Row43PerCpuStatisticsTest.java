package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.Subsystem;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 43, 2005-05-29: statistics are kept per CPU and per type, instead of under one mutex per type. */
@Timeout(60)
class Row43PerCpuStatisticsTest {

    private static final int THREADS = 6;
    private static final int WARM_UP = 10_000;
    private static final int PAIRS = 400_000;

    private final Subsystem kernel = new Subsystem();

    @AfterEach
    void stop() {
        kernel.close();
    }

    /** With one lock per type, a thread that only allocates and frees would sooner or later wait for that lock. */
    @Test
    void threadsOfOneTypeDoNotWaitAndTheSumIsExact() throws InterruptedException {
        kernel.load("driver", M_A);
        CountDownLatch warm = new CountDownLatch(THREADS);
        AtomicLong waits = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                pairs(WARM_UP);
                // The first query loads classes, for which threads wait for each other.
                assertThat(waitsOfThisThread()).isNotNegative();
                warm.countDown();
                try {
                    warm.await();
                } catch (InterruptedException e) {
                    waits.addAndGet(PAIRS);
                }
                long before = waitsOfThisThread();
                pairs(PAIRS);
                waits.addAndGet(waitsOfThisThread() - before);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(waits).hasValue(0);
        TypeStats stats = kernel.stats("a");
        assertThat(stats.allocs()).isEqualTo((long) THREADS * (WARM_UP + PAIRS));
        assertThat(stats.frees()).isEqualTo(stats.allocs());
        assertThat(stats.allocated()).isEqualTo(stats.freed()).isEqualTo(stats.allocs() * 64);
    }

    @Test
    void countsAndBytesOfBothDirectionsAreKept() {
        kernel.load("driver", M_A);
        MemorySegment block = kernel.malloc().malloc(100, M_A, M_WAITOK);
        kernel.malloc().malloc(3000, M_A, M_WAITOK);
        kernel.malloc().free(block, M_A);
        TypeStats stats = kernel.stats("a");
        assertThat(List.of(stats.allocs(), stats.frees(), stats.allocated(), stats.freed()))
                .containsExactly(2L, 1L, 4224L, 128L);
    }

    @Test
    void figuresAreNotNegativeIfAFreeIsSeenFirst() {
        TypeStats raced = new TypeStats("a", "", new ModuleId("driver", "1", 7), 64, 128, 1, 2, 4, 0, 0);
        assertThat(raced.inUse()).isZero();
        assertThat(raced.bytesInUse()).isZero();
    }

    private void pairs(int count) {
        for (int pair = 0; pair < count; pair++) {
            kernel.malloc().free(kernel.malloc().malloc(64, M_A, M_WAITOK), M_A);
        }
    }

    /** Returns how often the current thread has waited for another thread. */
    private static long waitsOfThisThread() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        ThreadInfo info = threads.getThreadInfo(Thread.currentThread().threadId());
        return info.getBlockedCount() + info.getWaitedCount();
    }
}
