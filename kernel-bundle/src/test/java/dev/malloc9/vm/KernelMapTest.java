package dev.malloc9.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class KernelMapTest {

    private static final int UNITS = 64;
    private static final long SIZE = (long) UNITS * KernelMap.UNIT;

    private static final ContigRange ANYWHERE = new ContigRange(0, -1, 0, 0);

    /** The kinds of page sources. */
    enum Source {
        ANONYMOUS {
            @Override
            PageSource reserve(long bytes) {
                return AnonymousPages.reserve(bytes);
            }
        },
        FILE {
            @Override
            PageSource reserve(long bytes) {
                return FilePages.reserve(bytes);
            }
        };

        abstract PageSource reserve(long bytes);
    }

    private final Source source;
    private final KernelMap map;

    KernelMapTest(Source source) {
        this.source = source;
        this.map = new KernelMap(source.reserve(SIZE));
    }

    @BeforeEach
    void startsEmpty() {
        assertThat(map.used()).isZero();
    }

    @AfterEach
    void close() {
        map.close();
    }

    @Test
    void aRangeIsWholeSuperpagesOnASuperpage() {
        PageSource pages = source.reserve(1);
        assertThat(pages.size()).isEqualTo(2 << 20);
        assertThat(pages.base() % (2 << 20)).isZero();
        pages.close();
    }

    @Test
    void shadowIsHalfAsLargeAndReadsAsZero() {
        MemorySegment shadow = map.shadow();
        assertThat(shadow.address()).isEqualTo(map.base() + SIZE);
        assertThat(shadow.byteSize()).isEqualTo(SIZE / 2);
        assertThat(shadow.mismatch(MemorySegment.ofArray(new byte[(int) SIZE / 2])))
                .isEqualTo(-1);
        shadow.fill((byte) 0x5a);
        map.discardShadow(PageSource.PAGE, PageSource.PAGE);
        assertThat(shadow.get(ValueLayout.JAVA_BYTE, PageSource.PAGE - 1)).isEqualTo((byte) 0x5a);
        assertThat(shadow.get(ValueLayout.JAVA_BYTE, PageSource.PAGE)).isZero();
        assertThat(shadow.get(ValueLayout.JAVA_BYTE, 2L * PageSource.PAGE - 1)).isZero();
        assertThat(shadow.get(ValueLayout.JAVA_BYTE, 2L * PageSource.PAGE)).isEqualTo((byte) 0x5a);
        map.close();
        assertThat(shadow.scope().isAlive()).isFalse();
    }

    @Test
    void anEmptyMapIsOneHole() {
        assertThat(map.size()).isEqualTo(4 << 20);
        assertThat(map.units()).isEqualTo(64);
        assertThat(map.largestHole()).isEqualTo(4 << 20);
    }

    @Test
    void theLowestHoleThatFitsIsTaken() {
        for (int unit = 0; unit < 10; unit++) {
            assertThat(map.allocate(1, 1)).isEqualTo(unit);
        }
        map.release(2, 1);
        map.release(5, 2);
        assertThat(map.allocate(2, 1)).isEqualTo(5);
        assertThat(map.allocate(1, 1)).isEqualTo(2);
        assertThat(map.allocate(1, 1)).isEqualTo(10);
        assertThat(map.used()).isEqualTo(11L * KernelMap.UNIT);
    }

    @Test
    void alignedRunLeavesAHoleBeforeIt() {
        assertThat(map.allocate(1, 1)).isZero();
        assertThat(map.allocate(4, 4)).isEqualTo(4);
        assertThat(map.allocate(16, 16)).isEqualTo(16);
        assertThat(map.allocate(3, 1)).isEqualTo(1);
        assertThat(map.allocate(8, 8)).isEqualTo(8);
        assertThat(map.largestHole()).isEqualTo(32L * KernelMap.UNIT);
    }

    @Test
    void neighbouringHolesMergeInAnyOrder() {
        int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        for (int[] order : orders) {
            int[] runs = {map.allocate(20, 1), map.allocate(20, 1), map.allocate(24, 1)};
            assertThat(map.largestHole()).isZero();
            for (int run : order) {
                map.release(runs[run], run == 2 ? 24 : 20);
            }
            assertThat(map.largestHole()).isEqualTo(SIZE);
            assertThat(map.used()).isZero();
        }
    }

    @Test
    void requestAboveTheLargestHoleIsRefused() {
        for (int unit = 0; unit < UNITS; unit++) {
            map.allocate(1, 1);
        }
        for (int unit = 0; unit < UNITS; unit += 2) {
            map.release(unit, 1);
        }
        assertThat(map.used()).isEqualTo(SIZE / 2);
        assertThat(map.largestHole()).isEqualTo(KernelMap.UNIT);
        assertThat(map.allocate(2, 1)).isEqualTo(-1);
        assertThat(map.used()).isEqualTo(SIZE / 2);
    }

    @Test
    void fullMapRefusesAndServesAgainAfterRelease() {
        assertThat(map.allocate(UNITS + 1, 1)).isEqualTo(-1);
        assertThat(map.allocate(UNITS, 1)).isZero();
        assertThat(map.allocate(1, 1)).isEqualTo(-1);
        assertThat(map.largestHole()).isZero();
        map.release(0, UNITS);
        assertThat(map.allocate(UNITS, 1)).isZero();
    }

    @Test
    void aReleasedRunReadsAsZero() {
        MemorySegment range = MemorySegment.ofAddress(map.base()).reinterpret(map.size());
        int run = map.allocate(UNITS, 1);
        range.fill((byte) 0x5a);
        map.release(run, UNITS / 2);
        assertThat(map.allocate(UNITS / 2, 1)).isEqualTo(run);
        for (long at = 0; at < SIZE / 2; at += Long.BYTES) {
            assertThat(range.get(ValueLayout.JAVA_LONG, at)).isZero();
        }
        assertThat(range.get(ValueLayout.JAVA_BYTE, SIZE / 2)).isEqualTo((byte) 0x5a);
    }

    @Test
    void runIsAccountedWithTheBytesOfItsCaller() {
        int run = map.allocate(2, 1, 69_632, false);
        assertThat(map.used()).isEqualTo(69_632);
        assertThat(map.largestHole()).isEqualTo(62L * KernelMap.UNIT);
        map.release(run, 2, 69_632);
        assertThat(map.used()).isZero();
        assertThat(map.largestHole()).isEqualTo(SIZE);
    }

    @Test
    void reserveServesOnlyRequestsThatMayUseIt() {
        KernelMap reserved = new KernelMap(source.reserve(SIZE), 3 * KernelMap.UNIT);
        assertThat(reserved.allocate(62, 1)).isEqualTo(-1);
        assertThat(reserved.allocate(61, 1)).isZero();
        assertThat(reserved.allocate(1, 1)).isEqualTo(-1);
        assertThat(reserved.allocateContig(4096, ANYWHERE, false)).isEqualTo(-1);
        assertThat(reserved.allocate(1, 1, KernelMap.UNIT, true)).isEqualTo(61);
        assertThat(reserved.allocateContig(2L * KernelMap.UNIT, ANYWHERE, true)).isEqualTo(62L * KernelMap.UNIT);
        assertThat(reserved.allocate(1, 1, KernelMap.UNIT, true)).isEqualTo(-1);
        reserved.release(0, 3);
        assertThat(reserved.allocate(1, 1)).isEqualTo(-1);
        reserved.release(3, 1);
        assertThat(reserved.allocate(1, 1)).isZero();
        reserved.close();
    }

    @Test
    void theReserveIsNoMoreThanHalfOfTheMap() {
        KernelMap reserved = new KernelMap(source.reserve(SIZE), Long.MAX_VALUE);
        assertThat(reserved.allocate(33, 1)).isEqualTo(-1);
        assertThat(reserved.allocate(32, 1)).isZero();
        reserved.close();
    }

    @Test
    void aContiguousRunTakesTheUnitsThatItTouches() {
        ContigRange low = new ContigRange(4096, 12_288, 0, 0);
        assertThat(map.allocateContig(8192, low, false)).isEqualTo(4096);
        assertThat(map.used()).isEqualTo(8192);
        assertThat(map.largestHole()).isEqualTo(63L * KernelMap.UNIT);
        assertThat(map.allocateContig(4096, low, false)).isEqualTo(-1);
        ContigRange across = new ContigRange(2 * KernelMap.UNIT - 4096, 2 * KernelMap.UNIT + 4096, 0, 0);
        assertThat(map.allocateContig(8192, across, false)).isEqualTo(2L * KernelMap.UNIT - 4096);
        assertThat(map.largestHole()).isEqualTo(61L * KernelMap.UNIT);
        map.release(1, 2, 8192);
        map.release(0, 1, 8192);
        assertThat(map.used()).isZero();
        assertThat(map.largestHole()).isEqualTo(SIZE);
    }

    @Test
    void aReleaseAfterTheEndTouchesNothing() {
        int run = map.allocate(1, 1);
        map.close();
        map.release(run, 1);
        assertThat(map.allocate(1, 1)).isEqualTo(-1);
    }

    @Test
    void secondCloseDoesNothing() {
        map.close();
        map.close();
        assertThat(map.allocate(1, 1)).isEqualTo(-1);
    }

    @Test
    void aThousandRandomRunsAgreeWithABitmap() {
        Random random = new Random(9);
        BitSet model = new BitSet(UNITS);
        List<int[]> runs = new ArrayList<>();
        for (int round = 0; round < 1_000; round++) {
            if (random.nextBoolean() || runs.isEmpty()) {
                int units = 1 + random.nextInt(8);
                int alignment = 1 << random.nextInt(4);
                int expected = firstFit(model, units, alignment);
                assertThat(map.allocate(units, alignment)).isEqualTo(expected);
                if (expected >= 0) {
                    model.set(expected, expected + units);
                    runs.add(new int[] {expected, units});
                }
            } else {
                int[] run = runs.remove(random.nextInt(runs.size()));
                model.clear(run[0], run[0] + run[1]);
                map.release(run[0], run[1]);
            }
            assertThat(map.used()).isEqualTo((long) model.cardinality() * KernelMap.UNIT);
            assertThat(map.largestHole()).isEqualTo((long) largestHole(model) * KernelMap.UNIT);
        }
    }

    @Test
    void zeroPurgesOnlyRunsWithUnitsThatWereReleased() {
        List<Long> purges = new ArrayList<>();
        KernelMap counted = new KernelMap(new ForwardingPages(SIZE) {
            @Override
            public void purge(long offset, long bytes) {
                purges.add(bytes);
                super.purge(offset, bytes);
            }
        });
        assertThat(counted.allocate(2, 1)).isZero();
        counted.zero(0, 2L * KernelMap.UNIT);
        assertThat(purges).as("of a run that was never handed out before").isEmpty();

        counted.release(0, 2);
        purges.clear();
        MemorySegment stale = MemorySegment.ofAddress(counted.base())
                .reinterpret(KernelMap.UNIT)
                .fill((byte) 0x55);
        assertThat(counted.allocate(4, 1)).isZero();
        counted.zero(2L * KernelMap.UNIT, 2L * KernelMap.UNIT);
        assertThat(purges).as("of units that were never released").isEmpty();
        counted.zero(PageSource.PAGE, 3L * KernelMap.UNIT);
        assertThat(purges).containsExactly(3L * KernelMap.UNIT);
        assertThat(stale.get(ValueLayout.JAVA_BYTE, PageSource.PAGE - 1)).isEqualTo((byte) 0x55);
        assertThat(stale.asSlice(PageSource.PAGE).toArray(ValueLayout.JAVA_BYTE))
                .containsOnly(0);
        counted.close();
    }

    private static int firstFit(BitSet model, int units, int alignment) {
        for (int first = 0; first + units <= UNITS; first += alignment) {
            if (model.get(first, first + units).isEmpty()) {
                return first;
            }
        }
        return -1;
    }

    private static int largestHole(BitSet model) {
        int largest = 0;
        for (int start = model.nextClearBit(0); start < UNITS; ) {
            int next = model.nextSetBit(start);
            int end = next < 0 ? UNITS : next;
            largest = Math.max(largest, end - start);
            start = model.nextClearBit(end);
        }
        return largest;
    }
}
