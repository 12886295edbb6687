package malloc9.vm;

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

    /** The page sources there are. */
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
    void aRunStartsAtItsAlignmentAndWhatLiesBeforeStaysAHole() {
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
    void aFragmentedMapRefusesWhatOnlyItsSumWouldHold() {
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
    void aFullMapRefusesAndLosesNothing() {
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
    void aReleaseAfterTheEndTouchesNothing() {
        int run = map.allocate(1, 1);
        map.close();
        map.release(run, 1);
        assertThat(map.allocate(1, 1)).isEqualTo(-1);
    }

    @Test
    void aMapEndsOnce() {
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
