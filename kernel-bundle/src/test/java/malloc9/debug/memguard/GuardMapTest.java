package malloc9.debug.memguard;

import static org.assertj.core.api.Assertions.assertThat;

import malloc9.vm.GuardRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class GuardMapTest {

    private static final int PAGE = 4096;

    /** Of ten pages. */
    private final GuardRange range = GuardRange.reserve(10 * PAGE);

    private final GuardMap map = new GuardMap(range, 5 * PAGE, 4);
    private final long base = range.base();

    @AfterEach
    void close() {
        map.close();
    }

    @Test
    void neighboursShareTheHoleBetweenThem() {
        assertThat(map.allocate(100, true)).isEqualTo(base + PAGE);
        assertThat(map.figures().cursor()).isEqualTo(base + 2 * PAGE);
        assertThat(map.allocate(100, true)).isEqualTo(base + 3 * PAGE);
        assertThat(map.allocate(PAGE + 1, true)).isEqualTo(base + 5 * PAGE);
        assertThat(map.figures()).isEqualTo(new GuardMap.Figures(base + 7 * PAGE, 4 * PAGE, 2 * 3996, 0, 3, 0, 0, 3));
    }

    @Test
    void whatIsFreedIsUsedAgainWhenTheCursorComesRound() {
        long first = map.allocate(PAGE, true);
        map.allocate(PAGE, true);
        long third = map.allocate(PAGE, true);
        assertThat(third).isEqualTo(base + 5 * PAGE);
        assertThat(map.free(first, PAGE)).isTrue();
        assertThat(map.figures().used()).isEqualTo(2 * PAGE);
        assertThat(map.allocate(PAGE, true)).isEqualTo(base + 7 * PAGE);
        assertThat(map.figures().wraps()).isZero();
        // The scope of the first still lives: its place is nobody's.
        assertThat(map.free(third, PAGE)).isTrue();
        assertThat(map.allocate(PAGE, true)).isZero();
        assertThat(map.figures().wraps()).isEqualTo(1);
        assertThat(map.figures().noAddresses()).isEqualTo(1);
        map.reuse(first);
        assertThat(map.allocate(PAGE, true)).isEqualTo(first);
        assertThat(map.figures().wraps()).isEqualTo(1);
    }

    @Test
    void withoutHolesBlocksLieSideBySide() {
        assertThat(map.allocate(1, false)).isEqualTo(base);
        assertThat(map.allocate(1, false)).isEqualTo(base + PAGE);
    }

    @Test
    void atTheLimitOnlySmallRequestsFail() {
        map.allocate(5 * PAGE, false);
        assertThat(map.allocate(PAGE - 1, false)).isZero();
        assertThat(map.figures().noPages()).isEqualTo(1);
        assertThat(map.allocate(PAGE, false)).isNotZero();
        assertThat(map.figures().noPages()).isEqualTo(1);
    }

    @Test
    void moreBlocksThanTheOsHasMapsForFail() {
        for (int block = 0; block < 4; block++) {
            assertThat(map.allocate(1, true)).isNotZero();
        }
        assertThat(map.allocate(1, true)).isZero();
        assertThat(map.figures().noAddresses()).isEqualTo(1);
        assertThat(map.figures().wraps()).isZero();
    }

    @Test
    void whatFitsNowhereFailsAtTheStartOfTheMapWithoutATurn() {
        assertThat(map.allocate(9 * PAGE, true)).isZero();
        assertThat(map.figures().wraps()).isZero();
        assertThat(map.figures().noAddresses()).isEqualTo(1);
        assertThat(map.allocate(8 * PAGE, true)).isEqualTo(base + PAGE);
    }
}
