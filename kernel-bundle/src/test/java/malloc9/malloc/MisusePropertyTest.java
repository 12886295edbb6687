package malloc9.malloc;

import static malloc9.api.MallocFlags.M_WAITOK;
import static malloc9.malloc.Subsystem.M_A;
import static malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import malloc9.api.InvalidFree;
import malloc9.api.runtime.Damage;
import malloc9.api.runtime.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Misuse by the thousand: rows 2 and 5 of reliability.md. */
class MisusePropertyTest {

    private static final int RUNS = 1_000;
    private static final long SEED = 7;

    private final Subsystem kernel = new Subsystem(64L << 20, SizeClasses.FINE, ZoneSets.ONE);
    private final Random random = new Random(SEED);

    MisusePropertyTest() {
        kernel.load("driver", M_A, M_B);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void aDoubleFreeAtOnceIsFoundAtEveryLevel() {
        for (int run = 0; run < RUNS; run++) {
            level(run);
            long block = malloc(random.nextInt(70_000));
            kernel.rawMalloc().free(block, M_A);
            doubleFree(block);
        }
        exact();
    }

    @Test
    void aDoubleFreeAfter64OthersIsFoundAtEveryLevel() {
        for (int run = 0; run < RUNS; run++) {
            level(run);
            int size = 1 + random.nextInt(4_096);
            long[] others = new long[64];
            for (int i = 0; i < others.length; i++) {
                others[i] = malloc(size);
            }
            long block = malloc(size);
            kernel.rawMalloc().free(block, M_A);
            for (long other : others) {
                kernel.rawMalloc().free(other, M_A);
            }
            doubleFree(block);
        }
        exact();
    }

    @Test
    void aDoubleFreeFromAnotherThreadIsFoundAtEveryLevel() throws Exception {
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            for (int run = 0; run < RUNS; run++) {
                level(run);
                long block = malloc(random.nextInt(10_000));
                kernel.rawMalloc().free(block, M_A);
                other.submit(() -> doubleFree(block)).get(30, TimeUnit.SECONDS);
            }
        }
        exact();
    }

    @Test
    void ofTwoFreesInTheSameInstantOneIsRefusedAtLevelI() throws Exception {
        level(1);
        try (ExecutorService both = Executors.newFixedThreadPool(2)) {
            for (int run = 0; run < RUNS; run++) {
                long block = malloc(random.nextInt(10_000));
                CyclicBarrier start = new CyclicBarrier(2);
                Future<Boolean> first = both.submit(() -> {
                    start.await();
                    return freed(block);
                });
                Future<Boolean> second = both.submit(() -> {
                    start.await();
                    return freed(block);
                });
                assertThat(first.get(30, TimeUnit.SECONDS)).isNotEqualTo(second.get(30, TimeUnit.SECONDS));
            }
        }
        assertThat(kernel.panics).hasSize(RUNS);
        exact();
    }

    @Test
    void aDoubleFreeOfASlotThatWouldHaveBeenHandedOutAgainIsFoundInQuarantine() {
        level(1);
        for (int run = 0; run < RUNS; run++) {
            int size = 1 + random.nextInt(4_096);
            long block = malloc(size);
            kernel.rawMalloc().free(block, M_A);
            long next = kernel.rawMalloc().malloc(size, M_B, M_WAITOK);
            assertThat(next).isNotEqualTo(block);
            doubleFree(block);
            kernel.rawMalloc().free(next, M_B);
        }
        exact();
    }

    @Test
    void overflowsAndUnderflowsOfEverySizeAreFoundToTheByte() {
        level(1);
        for (int size = 1; size <= 70_000; size += size < 600 ? 1 : 1 + random.nextInt(500)) {
            damage(size, size, 1);
            damage(size, size + 7, 1);
            damage(size, size, 8);
            damage(size, size, 16);
            damage(size, -1, 1);
            damage(size, -8, 8);
            damage(size, -16, 16);
            damage(size, -17, 1);
            damage(size, -32, 8);
            damage(size, -RedZoneFront.of(size), 3);
            long slack = slack(size);
            damage(size, size + random.nextInt((int) slack), 1);
            damage(size, size + slack - 1, 1);
        }
        exact();
    }

    /** The front of a block by its size, as section 9 has it on LP64. */
    private static final class RedZoneFront {
        static int of(int size) {
            for (int front = 256; front < 4_096; front *= 2) {
                if (front >= size) {
                    return front;
                }
            }
            return 4_096;
        }
    }

    private long slack(int size) {
        long before = kernel.stats("a").bytesInUse();
        long block = malloc(size);
        long itemBytes = kernel.stats("a").bytesInUse() - before;
        kernel.rawMalloc().free(block, M_A);
        return itemBytes - RedZoneFront.of(size) - size;
    }

    private void damage(int size, long offset, int bytes) {
        long block = malloc(size);
        MemorySegment memory = MemorySegment.ofAddress(block + offset).reinterpret(bytes);
        for (int at = 0; at < bytes; at++) {
            memory.set(ValueLayout.JAVA_BYTE, at, (byte) ~memory.get(ValueLayout.JAVA_BYTE, at));
        }
        kernel.rawMalloc().free(block, M_A);
        assertThat(kernel.damages)
                .as("%s bytes at %s of a block of %s", bytes, offset, size)
                .singleElement()
                .satisfies(damage -> {
                    assertThat(damage.kind()).isEqualTo(offset < 0 ? Damage.Kind.UNDERFLOW : Damage.Kind.OVERFLOW);
                    assertThat(damage.address()).isEqualTo(block);
                    assertThat(damage.offset()).isEqualTo(offset);
                    assertThat(damage.bytes()).isEqualTo(bytes);
                    assertThat(damage.size()).isEqualTo(size);
                });
        kernel.damages.clear();
    }

    private void level(int run) {
        Level level = run % 2 == 0 ? Level.R : Level.I;
        if (kernel.subsystem.operator().level() != level) {
            kernel.subsystem.operator().level(level);
        }
    }

    private long malloc(long size) {
        return kernel.rawMalloc().malloc(size, M_A, M_WAITOK);
    }

    private boolean freed(long block) {
        try {
            kernel.rawMalloc().free(block, M_A);
            return true;
        } catch (InvalidFree e) {
            assertThat(e.reason()).isEqualTo(InvalidFree.Reason.DOUBLE_FREE);
            return false;
        }
    }

    /** A page run that went back to the map is not known any more, whatever it was. */
    private void doubleFree(long block) {
        assertThatThrownBy(() -> kernel.rawMalloc().free(block, M_A))
                .isInstanceOfSatisfying(
                        InvalidFree.class,
                        e -> assertThat(e.reason()).isIn(InvalidFree.Reason.DOUBLE_FREE, InvalidFree.Reason.FOREIGN));
    }

    private void exact() {
        assertThat(kernel.stats("a").inUse()).isZero();
        assertThat(kernel.stats("a").bytesInUse()).isZero();
        assertThat(kernel.stats("b").inUse()).isZero();
        assertThat(kernel.damages).isEmpty();
    }
}
