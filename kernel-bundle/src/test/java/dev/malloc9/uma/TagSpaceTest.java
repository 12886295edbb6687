package dev.malloc9.uma;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.vm.ForwardingPages;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TagSpaceTest {

    private static final long BYTES = 16 << 20;
    private static final int GRANULES = (int) BYTES >>> Slab.GRANULE_SHIFT;
    private static final int UNIT = 1 << SlabMap.UNIT_GRANULE_SHIFT;

    /** A page source that records the ranges that it was asked to purge. */
    private static final class Purges extends ForwardingPages {
        private final List<String> purged = new ArrayList<>();

        Purges() {
            super(BYTES);
        }

        @Override
        public void purge(long offset, long bytes) {
            super.purge(offset, bytes);
            purged.add(offset + "+" + bytes);
        }
    }

    private final Purges pages = new Purges();
    private final KernelMap map = new KernelMap(pages);
    private final SlabMap slabs = new SlabMap(map);
    private final TagSpace tags = slabs.tags();

    @AfterEach
    void close() {
        map.close();
    }

    @Test
    void noTwoUnitsShareATag() {
        BitSet taken = new BitSet();
        for (int shift = 0; shift <= TagSpace.MAX_SHIFT; shift++) {
            for (int granule = 0; granule < GRANULES; granule += 1 << shift) {
                int number = number(granule, shift);
                assertThat(taken.get(number)).as("%d, shift %d", granule, shift).isFalse();
                assertThat(number(granule + (1 << shift) - 1, shift)).isEqualTo(number);
                taken.set(number);
            }
        }
        assertThat(taken.nextSetBit(0)).isEqualTo(GRANULES >>> TagSpace.MAX_SHIFT);
        assertThat(taken.length()).isEqualTo(2 * GRANULES).isEqualTo((int)
                (pages.shadow().byteSize() / Integer.BYTES));
    }

    @Test
    void theTagsOfAUnitFillALineAtLeast() {
        assertThat(UNIT >>> TagSpace.shift(1)).isEqualTo(UNIT);
        assertThat((UNIT >>> TagSpace.shift(UNIT)) * Integer.BYTES).isEqualTo(64);
        assertThat(tags.base() % 64).isZero();
    }

    @Test
    void holeHasTheTagOfNoType() {
        assertThat(number(0, TagSpace.NOWHERE)).isZero();
        assertThat(number(GRANULES - 1, TagSpace.NOWHERE)).isZero();
        assertThat(TagSpace.address(0, 1L << 32, -1, TagSpace.NOWHERE)).isZero();
    }

    @Test
    void aSlabsTagsAreClearedAndNoOthers() {
        for (int granule = 0; granule < 3 * UNIT; granule += 4) {
            tags.set(granule, 2, granule + 1);
        }
        tags.clear(UNIT, UNIT, 2);
        for (int granule = 0; granule < 3 * UNIT; granule += 4) {
            boolean cleared = granule >= UNIT && granule < 2 * UNIT;
            assertThat(tags.get(granule, 2)).isEqualTo(cleared ? 0 : granule + 1);
        }
    }

    @Test
    void tagIsReplacedIfItIsTheExpectedOne() {
        assertThat(tags.replace(8, 3, 1, 2)).isFalse();
        assertThat(tags.replace(8, 3, 0, 2)).isTrue();
        assertThat(TagSpace.load(TagSpace.address(tags.base(), GRANULES, 8, 3))).isEqualTo(2);
        TagSpace.store(TagSpace.address(tags.base(), GRANULES, 8, 3), 5);
        assertThat(tags.get(8, 3)).isEqualTo(5);
    }

    @Test
    void tagPagesOfReleasedSlabsAreReturned() {
        Slab gone = slab(64);
        Slab neighbour = slab(64);
        Slab other = slab(2048);
        gone.tagAs(gone.granule(0), 3);
        neighbour.tagAs(neighbour.granule(0), 4);
        other.tagAs(other.granule(0), 5);
        slabs.release(gone);
        pages.purged.clear();
        slabs.trimTags();
        assertThat(pages.purged).containsExactly(purge(gone));
        assertThat(neighbour.tagOf(neighbour.granule(0))).isEqualTo(Slab.tag(neighbour.granule(0), 4));
        slabs.trimTags();
        assertThat(pages.purged).as("once is enough").hasSize(1);
        slabs.release(other);
        slabs.release(neighbour);
        pages.purged.clear();
        slabs.trimTags();
        assertThat(pages.purged).containsExactly(purge(other), purge(neighbour));
    }

    @Test
    void newSlabHasNoTagsOfAReleasedSlab() {
        Slab before = slab(16);
        for (int index = 0; index < before.items(); index++) {
            before.tagAs(before.granule(index), 7);
        }
        slabs.release(before);
        Slab after = slab(16);
        assertThat(after.base).isEqualTo(before.base);
        for (int index = 0; index < after.items(); index++) {
            assertThat(after.tagOf(after.granule(index))).isZero();
        }
    }

    @Test
    void tagAfterTheEndBelongsToNoType() {
        tags.set(0, 0, 1);
        map.close();
        assertThat(tags.get(0, 0)).isZero();
        tags.set(0, 0, 1);
        tags.clear(0, UNIT, 0);
        assertThat(tags.replace(0, 0, 0, 1)).isFalse();
    }

    private Slab slab(long bytes) {
        return requireNonNull(slabs.allocate(new Keg(slabs, 0, 0, bytes, 1)));
    }

    /** Returns the one page that contains the tags of a slab's unit, in the format of {@code purged}. */
    private String purge(Slab slab) {
        long page = (long) number(slab.base, slab.shift) * Integer.BYTES / PageSource.PAGE * PageSource.PAGE;
        return (BYTES + page) + "+" + PageSource.PAGE;
    }

    private int number(int granule, int shift) {
        return (int) ((TagSpace.address(tags.base(), GRANULES, granule, shift) - tags.base()) / Integer.BYTES);
    }
}
