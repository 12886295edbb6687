package dev.malloc9.debug.memguard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests the sizes of 2010 with the figures of the machines for which they were computed. */
class GuardSizesTest {

    private static final long GIB_OF_PAGES = 1 << 18;

    @Test
    void sizesOfAmd64WithOneGiBMatchFreeBsd() {
        long most = (512L << 30) * 3 / 5;
        assertThat(GuardSizes.of(10, GIB_OF_PAGES, 1L << 30, most))
                .isEqualTo(new GuardSizes(10, 107_372_544, 2_147_483_648L));
    }

    @Test
    void sizesOfI386WithOneGiBMatchFreeBsd() {
        assertThat(GuardSizes.of(10, GIB_OF_PAGES, 335_544_320, 335_544_320))
                .isEqualTo(new GuardSizes(10, 107_372_544, 33_554_432));
    }

    @Test
    void aPlatformWithoutAMaximumGetsTwiceItsMemory() {
        assertThat(GuardSizes.of(10, GIB_OF_PAGES, 1L << 30, 0).mapBytes()).isEqualTo(2_147_483_648L);
    }

    @Test
    void invalidDivisorIsReplacedByTen() {
        for (long divisor : new long[] {0, -1, Long.MIN_VALUE, 1L << 40, Long.MAX_VALUE}) {
            assertThat(GuardSizes.of(divisor, GIB_OF_PAGES, 1L << 30, 0).divisor())
                    .as("%s", divisor)
                    .isEqualTo(10);
        }
        assertThat(GuardSizes.of(2, GIB_OF_PAGES, 1L << 30, 0).divisor()).isEqualTo(2);
    }

    @Test
    void sizesAreWholePages() {
        assertThat(GuardSizes.of(7, 1000, 1 << 20, 100_000)).isEqualTo(new GuardSizes(7, 142 * 4096, 4 * 4096));
    }
}
