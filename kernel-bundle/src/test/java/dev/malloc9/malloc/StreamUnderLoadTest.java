package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tests snapshots of kern.malloc_stats while types are registered and unregistered, and blocks are freed by other threads than they were
 * allocated by.
 */
@Timeout(120)
@Tag("slow")
class StreamUnderLoadTest {

    private static final int SNAPSHOTS = 1_000;
    private static final int PAIRS = 20_000;

    private final Subsystem kernel = new Subsystem();
    private final AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
    private volatile boolean done;

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void aThousandSnapshotsAreWholeAndNoSumIsNegative() throws InterruptedException {
        kernel.load("fixed", M_A);
        SynchronousQueue<MemorySegment> handedOver = new SynchronousQueue<>();
        List<Thread> load = List.of(
                worker(() -> handedOver.offer(kernel.malloc().malloc(100, M_A, M_WAITOK), 1, TimeUnit.SECONDS)),
                worker(() -> {
                    MemorySegment block = handedOver.poll(1, TimeUnit.SECONDS);
                    if (block != null) {
                        kernel.malloc().free(block, M_A);
                    }
                    return true;
                }),
                worker(() -> {
                    Owner owner = kernel.load("passing", M_B, M_C);
                    for (int pair = 0; pair < PAIRS; pair++) {
                        kernel.malloc().free(kernel.malloc().malloc(5000, M_B, M_WAITOK), M_B);
                    }
                    kernel.unload(owner);
                    return true;
                }));
        List<Integer> counts = new ArrayList<>();
        while (failed.get() == null && (counts.size() < SNAPSHOTS || !counts.contains(1) || !counts.contains(3))) {
            counts.add(check(kernel.sysctl()));
        }
        done = true;
        for (Thread thread : load) {
            thread.join();
        }
        assertThat(failed.get()).isNull();
        assertThat(counts).as("types come and go by the module").containsOnly(1, 3);
    }

    /** Checks a snapshot, and returns the number of types in it. */
    private static int check(Sysctl sysctl) {
        byte[] bytes = sysctl.read("kern.malloc_stats");
        ByteBuffer stream = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        int types = stream.getInt(8);
        assertThat(stream.getInt(0)).isEqualTo(1);
        assertThat(stream.getInt(4)).isEqualTo(32);
        assertThat(bytes).hasSize(16 + types * 2080);
        for (int type = 0; type < types; type++) {
            long[] sums = new long[4];
            for (int cpu = 0; cpu < 32; cpu++) {
                for (int counter = 0; counter < 4; counter++) {
                    sums[counter] += stream.getLong(16 + type * 2080 + 32 + cpu * 64 + counter * 8);
                }
            }
            assertThat(sums[0] - sums[1]).as("bytes in use").isNotNegative();
            assertThat(sums[2] - sums[3]).as("blocks in use").isNotNegative();
        }
        return types;
    }

    private interface Step {
        boolean run() throws InterruptedException;
    }

    private Thread worker(Step step) {
        return Thread.ofPlatform().start(() -> {
            try {
                while (!done && failed.get() == null) {
                    step.run();
                }
            } catch (Throwable e) {
                failed.compareAndSet(null, e);
            }
        });
    }
}
