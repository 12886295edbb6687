package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests that in a thousand runs of random misuse each wrong free is refused, and nothing changes. */
@Tag("slow")
class MisusePropertyTest {

    private static final int RUNS = 1_000;
    private static final long SEED = 7;

    /** The size in bytes below which a block is an item of a slab at levels R and I. From {@code LARGE} on, it is a page run there. */
    private static final int SMALL = 60_000;

    private static final int LARGE = 65_537;

    private static final int LARGEST = 70_000;
    private static final int PLACES = 12;

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
            long block = malloc(random.nextInt(SMALL));
            kernel.rawMalloc().free(block, M_A);
            doubleFree(block, Reason.DOUBLE_FREE);
        }
        exact();
    }

    /** At level R, a freed page run has gone back to the map and is not known any more, so its second free is reported as FOREIGN. */
    @Test
    void aDoubleFreeOfALargeBlockIsFoundAtEveryLevel() {
        for (int run = 0; run < RUNS; run++) {
            Level level = level(run);
            long block = malloc(LARGE + random.nextInt(200_000));
            kernel.rawMalloc().free(block, M_A);
            doubleFree(block, level == Level.R ? Reason.FOREIGN : Reason.DOUBLE_FREE);
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
            doubleFree(block, Reason.DOUBLE_FREE);
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
                other.submit(() -> doubleFree(block, Reason.DOUBLE_FREE)).get(30, TimeUnit.SECONDS);
            }
        }
        exact();
    }

    @Test
    void oneOfTwoConcurrentFreesIsRefusedAtLevelI() throws Exception {
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

    @ParameterizedTest
    @EnumSource(
            value = Level.class,
            names = {"I", "G"})
    void doubleFreeIsFoundBeforeTheSlotIsReused(Level level) {
        kernel.subsystem.operator().level(level);
        for (int run = 0; run < RUNS; run++) {
            int size = 1 + random.nextInt(4_096);
            long block = malloc(size);
            kernel.rawMalloc().free(block, M_A);
            long next = kernel.rawMalloc().malloc(size, M_B, M_WAITOK);
            assertThat(next).isNotEqualTo(block);
            doubleFree(block, Reason.DOUBLE_FREE);
            kernel.rawMalloc().free(next, M_B);
        }
        exact();
    }

    @Test
    void overflowsAndUnderflowsAreFoundToTheByte() {
        level(1);
        for (int size = 1; size <= LARGEST; size += size < 600 ? 1 : 1 + random.nextInt(500)) {
            for (int place = 0; place < PLACES; place++) {
                damage(size, place, Finder.FREE);
            }
        }
        exact();
    }

    @Test
    void damageOfEverySizeIsFoundByTheFirstCheck() {
        level(1);
        kernel.sysctl().writeText("vm.malloc.quarantine", "0");
        Finder[] finders = Finder.values();
        for (int size = 1; size <= LARGEST; size++) {
            damage(size, random.nextInt(PLACES), finders[size % finders.length]);
        }
        exact();
    }

    /** The function that detects damage. */
    private enum Finder {
        FREE,
        REALLOC,
        VERIFY
    }

    /** Computes the size in bytes of the front of a block, by the rule of section 9 on LP64. */
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

    /** Damages a block at one of the possible places. */
    private void damage(int size, int place, Finder finder) {
        switch (place) {
            case 0 -> damage(size, size, 1, finder);
            case 1 -> damage(size, size + 7, 1, finder);
            case 2 -> damage(size, size, 8, finder);
            case 3 -> damage(size, size, 16, finder);
            case 4 -> damage(size, -1, 1, finder);
            case 5 -> damage(size, -8, 8, finder);
            case 6 -> damage(size, -16, 16, finder);
            case 7 -> damage(size, -17, 1, finder);
            case 8 -> damage(size, -32, 8, finder);
            case 9 -> damage(size, -RedZoneFront.of(size), 3, finder);
            case 10 -> damage(size, size + random.nextInt((int) slack(size)), 1, finder);
            default -> damage(size, size + slack(size) - 1, 1, finder);
        }
    }

    private void damage(int size, long offset, int bytes, Finder finder) {
        long block = malloc(size);
        MemorySegment memory = MemorySegment.ofAddress(block + offset).reinterpret(bytes);
        invert(memory);
        find(block, size, memory, finder);
        assertThat(kernel.damages)
                .as("%s bytes at %s of a block of %s, by %s", bytes, offset, size, finder)
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

    private void find(long block, int size, MemorySegment memory, Finder finder) {
        switch (finder) {
            case FREE -> kernel.rawMalloc().free(block, M_A);
            case REALLOC ->
                kernel.rawMalloc()
                        .free(kernel.rawMalloc().realloc(block, 1 + random.nextInt(2 * size), M_A, M_WAITOK), M_A);
            case VERIFY -> {
                assertThat(kernel.subsystem.operator().verify()).hasSize(1);
                invert(memory);
                kernel.rawMalloc().free(block, M_A);
            }
        }
    }

    private static void invert(MemorySegment memory) {
        for (long at = 0; at < memory.byteSize(); at++) {
            memory.set(ValueLayout.JAVA_BYTE, at, (byte) ~memory.get(ValueLayout.JAVA_BYTE, at));
        }
    }

    private Level level(int run) {
        Level level = run % 3 == 0 ? Level.R : run % 3 == 1 ? Level.I : Level.G;
        if (kernel.subsystem.operator().level() != level) {
            kernel.subsystem.operator().level(level);
        }
        return level;
    }

    private long malloc(long size) {
        return kernel.rawMalloc().malloc(size, M_A, M_WAITOK);
    }

    private boolean freed(long block) {
        try {
            kernel.rawMalloc().free(block, M_A);
            return true;
        } catch (InvalidFree e) {
            assertThat(e.reason()).isEqualTo(Reason.DOUBLE_FREE);
            return false;
        }
    }

    private void doubleFree(long block, Reason reason) {
        assertThatThrownBy(() -> kernel.rawMalloc().free(block, M_A))
                .isInstanceOfSatisfying(
                        InvalidFree.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private void exact() {
        assertThat(kernel.stats("a").inUse()).isZero();
        assertThat(kernel.stats("a").bytesInUse()).isZero();
        assertThat(kernel.stats("b").inUse()).isZero();
        assertThat(kernel.damages).isEmpty();
    }
}
