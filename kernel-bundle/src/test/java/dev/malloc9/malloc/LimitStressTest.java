package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.ModuleId;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests limits under threads that compete for them. */
@Timeout(120)
@Tag("slow")
class LimitStressTest {

    private static final int THREADS = 6;

    private final Subsystem kernel = new Subsystem();
    private final ModuleId module = kernel.load("driver", M_A, M_B).module();
    private final Malloc malloc = kernel.malloc();
    private final MallocOperator operator = kernel.subsystem.operator();
    private final ConcurrentLinkedQueue<Object> wrong = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        kernel.close();
    }

    /** Each thread needs the whole limit, so each free must wake a waiting thread. After one lost wake-up, all threads would stop. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noWakeUpIsLost(boolean virtual) throws InterruptedException {
        operator.limit(module, 0, 64);
        inThreads(virtual, thread -> {
            MallocType type = thread % 2 == 0 ? M_A : M_B;
            for (int round = 0; round < 4000; round++) {
                malloc.free(malloc.malloc(64, type, M_WAITOK), type);
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(operator.limits(module).used()).isZero();
        assertThat(kernel.stats("a").allocs() + kernel.stats("b").allocs()).isEqualTo(THREADS * 4000L);
    }

    /** The shadow counter never exceeds the bytes in use, because it is increased after malloc and decreased before free. */
    @ParameterizedTest
    @ValueSource(longs = {4096, 100_000, 3_000_000})
    void noTwoThreadsTogetherPassTheLimit(long hard) throws InterruptedException {
        operator.limit(module, 0, hard);
        AtomicLong shadow = new AtomicLong();
        inThreads(false, thread -> {
            Random random = new Random(thread);
            MallocType type = thread % 2 == 0 ? M_A : M_B;
            ArrayDeque<MemorySegment> mine = new ArrayDeque<>();
            for (int step = 0; step < 30_000; step++) {
                MemorySegment block = malloc.malloc(16L << random.nextInt(8), type, M_NOWAIT);
                if (block != null) {
                    mine.add(block);
                    if (shadow.addAndGet(block.byteSize()) > hard) {
                        wrong.add(shadow);
                    }
                }
                if (block == null || random.nextInt(2) == 0) {
                    free(mine.pollFirst(), type, shadow);
                }
            }
            mine.forEach(block -> free(block, type, shadow));
        });
        assertThat(wrong).isEmpty();
        assertThat(operator.limits(module).used()).isZero();
        int blocks = 0;
        while (malloc.malloc(16, blocks % 2 == 0 ? M_A : M_B, M_NOWAIT) != null) {
            blocks++;
        }
        assertThat(blocks).isEqualTo(hard / 16);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void limitsThatComeAndGoUnderLoadCountExactly(boolean virtual) throws InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        Thread switcher = Thread.ofPlatform().start(() -> {
            for (int change = 0; !done.get(); change++) {
                operator.limit(module, "a", 0, change % 2 == 0 ? 1 << 30 : 0);
                operator.limit(module, 0, change % 3 == 0 ? 1 << 30 : 0);
                operator.profile(change % 5 == 0);
            }
        });
        inThreads(virtual, thread -> {
            Random random = new Random(thread);
            MallocType type = thread % 2 == 0 ? M_A : M_B;
            ArrayDeque<MemorySegment> mine = new ArrayDeque<>();
            for (int step = 0; step < 40_000; step++) {
                if (mine.size() < 20 || (random.nextBoolean() && mine.size() < 100)) {
                    mine.add(malloc.malloc(16L << random.nextInt(8), type, M_WAITOK));
                } else {
                    malloc.free(mine.pollFirst(), type);
                }
            }
            mine.stream().skip(10).forEach(block -> malloc.free(block, type));
        });
        done.set(true);
        switcher.join();
        assertThat(wrong).isEmpty();
        operator.limit(module, "a", 0, 1 << 30);
        operator.limit(module, 0, 1 << 30);
        long a = kernel.stats("a").bytesInUse();
        assertThat(kernel.stats("a").inUse()).isEqualTo(THREADS / 2 * 10);
        assertThat(operator.limits(module, "a").used()).isEqualTo(a);
        assertThat(operator.limits(module).used())
                .isEqualTo(a + kernel.stats("b").bytesInUse());
    }

    private void free(@Nullable MemorySegment block, MallocType type, AtomicLong shadow) {
        if (block != null) {
            shadow.addAndGet(-block.byteSize());
            malloc.free(block, type);
        }
    }

    private void inThreads(boolean virtual, IntConsumer work) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
            threads.add(builder.start(() -> {
                try {
                    work.accept(number);
                } catch (Throwable e) {
                    wrong.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
