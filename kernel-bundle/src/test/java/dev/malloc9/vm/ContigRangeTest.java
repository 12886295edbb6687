package dev.malloc9.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the search for a contiguous range in a map of 32 units, some of which are in use. */
class ContigRangeTest {

    private static final int PAGE = 4096;
    private static final int PAGES = 512;
    private static final int PAGES_PER_UNIT = 16;
    private static final int[] SIZES = {1, 2, 3, 8, 15, 16, 17, 33, 64};
    private static final int[] POWERS = {0, 1, 2, 4, 16, 32, 128};

    private final KernelMap map = new KernelMap(PageSource.reserve((long) PAGES * PAGE));

    /** The units in use. The holes are units 2, 3 and 4; 7; 10 to 16; 20 and 21; 30 and 31. */
    private final boolean[] used = new boolean[32];

    @BeforeEach
    void fragment() {
        for (int unit = 0; unit < used.length; unit++) {
            assertThat(map.allocate(1, 1)).isEqualTo(unit);
            used[unit] = true;
        }
        for (int unit : new int[] {2, 3, 4, 7, 10, 11, 12, 13, 14, 15, 16, 20, 21, 30, 31}) {
            map.release(unit, 1);
            used[unit] = false;
        }
    }

    @AfterEach
    void close() {
        map.close();
    }

    /** The result is compared with the definition, page by page; the highest possible place is expected. */
    @Test
    void searchFindsTheHighestPossiblePlace() {
        int found = 0;
        int refused = 0;
        for (int size : SIZES) {
            for (int alignment : POWERS) {
                for (int boundary : POWERS) {
                    for (int low = 0; low <= PAGES; low += 7) {
                        for (int high = low; high <= PAGES + 7; high += 13) {
                            int expected = highest(size, low, high, alignment, boundary);
                            ContigRange range = new ContigRange(
                                    (long) low * PAGE,
                                    (long) high * PAGE,
                                    (long) alignment * PAGE,
                                    (long) boundary * PAGE);
                            long place = map.allocateContig((long) size * PAGE, range, false);
                            assertThat(place)
                                    .as("%d pages, %s", size, range)
                                    .isEqualTo(expected < 0 ? -1 : (long) expected * PAGE);
                            if (place < 0) {
                                refused++;
                            } else {
                                found++;
                                map.release(
                                        (int) (place / KernelMap.UNIT),
                                        KernelMap.unitsOf(place, (long) size * PAGE),
                                        (long) size * PAGE);
                            }
                        }
                    }
                }
            }
        }
        assertThat(found).isGreaterThan(100_000);
        assertThat(refused).isGreaterThan(100_000);
        assertThat(map.used()).isEqualTo(17L * KernelMap.UNIT);
    }

    @Test
    void addressesAreUnsigned() {
        assertThat(new ContigRange(0, -1, 0, 0).highest(0, 10 * PAGE, PAGE)).isEqualTo(9 * PAGE);
        assertThat(new ContigRange(-1, -1, 0, 0).highest(0, 10 * PAGE, PAGE)).isEqualTo(-1);
        assertThat(new ContigRange(0, -1, Long.MIN_VALUE, Long.MIN_VALUE).highest(0, 10 * PAGE, PAGE))
                .isZero();
        assertThat(new ContigRange(0, -1, Long.MIN_VALUE, 0).highest(PAGE, 10 * PAGE, PAGE))
                .isEqualTo(-1);
    }

    @Test
    void limitsInsideAPageLeaveThatPageOut() {
        assertThat(new ContigRange(1, 3 * PAGE - 1, 0, 0).highest(0, 10 * PAGE, PAGE))
                .isEqualTo(PAGE);
        assertThat(new ContigRange(1, 2 * PAGE - 1, 0, 0).highest(0, 10 * PAGE, PAGE))
                .isEqualTo(-1);
    }

    private int highest(int size, int low, int high, int alignment, int boundary) {
        for (int start = PAGES - size; start >= 0; start--) {
            if (start >= low
                    && start + size <= high
                    && (alignment == 0 || start % alignment == 0)
                    && (boundary == 0 || start / boundary == (start + size - 1) / boundary)
                    && isFree(start, size)) {
                return start;
            }
        }
        return -1;
    }

    private boolean isFree(int start, int size) {
        for (int page = start; page < start + size; page++) {
            if (used[page / PAGES_PER_UNIT]) {
                return false;
            }
        }
        return true;
    }
}
