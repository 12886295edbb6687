package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.Subsystem;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Row 29, 2006-07-23: types belong to their callers and statistics to the allocator, each CPU writes its own counters, and readers take no
 * lock and accept a small race.
 */
@Timeout(60)
class Row29StatisticsWithoutLocksTest {

    private static final int THREADS = 4;
    private static final int PAIRS = 200_000;

    private final Subsystem kernel = new Subsystem();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void aReaderSeesEachCounterGrowAndInTheEndTheExactSum() throws InterruptedException {
        kernel.load("driver", M_A);
        AtomicBoolean done = new AtomicBoolean();
        ConcurrentLinkedQueue<TypeStats> wrong = new ConcurrentLinkedQueue<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            TypeStats before = kernel.stats("a");
            while (!done.get()) {
                TypeStats now = kernel.stats("a");
                boolean grew = now.allocs() >= before.allocs()
                        && now.frees() >= before.frees()
                        && now.allocated() >= before.allocated()
                        && now.freed() >= before.freed();
                if (!grew || now.allocated() < now.allocs() * 16 || now.bytesInUse() < 0 || now.inUse() < 0) {
                    wrong.add(now);
                }
                before = now;
            }
        });
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            writers.add(Thread.ofPlatform().start(() -> {
                for (int pair = 0; pair < PAIRS; pair++) {
                    MemorySegment block = kernel.malloc().malloc(pair % 200, M_A, M_WAITOK);
                    kernel.malloc().free(block, M_A);
                }
            }));
        }
        for (Thread writer : writers) {
            writer.join();
        }
        done.set(true);
        reader.join();
        assertThat(wrong).isEmpty();
        assertThat(kernel.stats("a").allocs()).isEqualTo(THREADS * PAIRS);
        assertThat(kernel.stats("a").frees()).isEqualTo(THREADS * PAIRS);
        assertThat(kernel.stats("a").bytesInUse()).isZero();
    }
}
