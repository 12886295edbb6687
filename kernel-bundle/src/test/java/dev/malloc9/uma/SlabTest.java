package dev.malloc9.uma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SlabTest {

    /** The slab map of the largest kernel map. */
    private static final SlabMap SLABS = new SlabMap(new KernelMap(PageSource.reserve(64L << 30)));

    /** The base granule of the last slab of the largest map. Its granules are negative as ints. */
    private static final int HIGH = -(4 << (KernelMap.UNIT_SHIFT - Slab.GRANULE_SHIFT));

    static Stream<Slab> slabsOfEverySizeClass() {
        return Stream.of(SizeClasses.BSD, SizeClasses.PAGES, SizeClasses.FINE)
                .flatMapToLong(classes -> LongStream.of(classes.sizes()))
                .distinct()
                .boxed()
                .flatMap(bytes -> Stream.of(0, HIGH).map(base -> slab(base, bytes)));
    }

    @ParameterizedTest
    @MethodSource("slabsOfEverySizeClass")
    void eachGranuleHasItsItemAndOnlyFirstOnesAreStarts(Slab slab) {
        int itemGranules = (int) slab.itemBytes / Slab.GRANULE;
        int granules = slab.units << (KernelMap.UNIT_SHIFT - Slab.GRANULE_SHIFT);
        for (int offset = 0; offset < granules; offset++) {
            int index = offset / itemGranules;
            boolean start = offset % itemGranules == 0 && index < slab.items();
            assertThat(slab.indexOf(slab.base + offset)).isEqualTo(start ? index : -1);
            assertThat(slab.indexOfItem(slab.base + offset)).isEqualTo(index);
            if (start) {
                assertThat(slab.granule(index)).isEqualTo(slab.base + offset);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("slabsOfEverySizeClass")
    void eachItemIsTakenOnceLowestFirstAndComesBackOnce(Slab slab) {
        int[] items = new int[slab.items() + 1];
        assertThat(slab.take(items, 1, 1)).isEqualTo(1);
        assertThat(slab.take(items, 2, items.length)).isEqualTo(slab.items() - 1);
        assertThat(slab.take(items, 0, 1)).isZero();
        assertThat(slab.freeCount()).isZero();
        for (int index = 0; index < slab.items(); index++) {
            assertThat(items[index + 1]).isEqualTo(slab.granule(index));
            assertThat(slab.give(items[index + 1])).isTrue();
        }
        assertThat(slab.freeCount()).isEqualTo(slab.items());
        assertThat(slab.give(slab.granule(0))).as("it is here already").isFalse();
        assertThat(slab.freeCount()).isEqualTo(slab.items());
    }

    @Test
    void aPageRunOfAnySizeHasOneItemAtItsStart() {
        for (long bytes = (long) KernelMap.UNIT + PageSource.PAGE;
                bytes <= 32L << 30;
                bytes = bytes * 3 / 2 & -(long) PageSource.PAGE) {
            int units = (int) (PageSource.roundUp(bytes, KernelMap.UNIT) >>> KernelMap.UNIT_SHIFT);
            Slab run = Slab.run(SLABS.tags(), 0, units, bytes);
            assertThat(run.indexOf(0)).isZero();
            long granules = (long) units << (KernelMap.UNIT_SHIFT - Slab.GRANULE_SHIFT);
            for (long offset = 1; offset < granules; offset = offset * 5 / 4 + 1) {
                assertThat(run.indexOf((int) offset)).isEqualTo(-1);
            }
            assertThat(run.indexOf((int) (granules - 1))).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @MethodSource("slabsOfEverySizeClass")
    void eachItemHasATagOfItsOwnThatNoOtherGranuleHas(Slab slab) {
        for (int index = 0; index < slab.items(); index++) {
            slab.tagAs(slab.granule(index), 0x8001 + index % 7);
        }
        int granules = slab.units << (KernelMap.UNIT_SHIFT - Slab.GRANULE_SHIFT);
        for (int offset = 0; offset < granules; offset++) {
            int granule = slab.base + offset;
            int index = slab.indexOf(granule);
            if (index >= 0) {
                assertThat(slab.tagOf(granule)).isEqualTo(Slab.tag(granule, 0x8001 + index % 7));
                assertThat(Slab.owner(slab.tagOf(granule))).isEqualTo(0x8001 + index % 7);
            } else {
                for (int owner = 0x8001; owner < 0x8008; owner++) {
                    assertThat(slab.tagOf(granule)).isNotEqualTo(Slab.tag(granule, owner));
                }
            }
        }
        SLABS.tags().clear(slab.base, granules, slab.shift);
        for (int index = 0; index < slab.items(); index++) {
            assertThat(slab.tagOf(slab.granule(index))).isZero();
        }
    }

    @Test
    void tagIsReplacedIfItIsTheExpectedOne() {
        Slab slab = slab(0, 4096);
        int granule = slab.granule(3);
        assertThat(slab.retag(granule, 0, 7)).isTrue();
        assertThat(slab.retag(granule, 0, 9)).isFalse();
        assertThat(slab.tagOf(granule)).isEqualTo(7);
        slab.tagAs(granule, 0);
        Slab run = Slab.run(SLABS.tags(), 0, 2, KernelMap.UNIT + 4096);
        assertThat(run.retag(0, 0, 5)).isTrue();
        assertThat(run.tagOf(0)).isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("slabsOfEverySizeClass")
    void innerGranulesFindTheNoteOfTheirItem(Slab slab) {
        assertThat(slab.note(slab.granule(0))).isNull();
        for (int index = 0; index < slab.items(); index++) {
            slab.note(slab.granule(index), "note " + index);
        }
        int granules = slab.units << (KernelMap.UNIT_SHIFT - Slab.GRANULE_SHIFT);
        for (int offset = 0; offset < granules; offset++) {
            int index = slab.indexOfItem(slab.base + offset);
            assertThat(slab.note(slab.base + offset)).isEqualTo(index < slab.items() ? "note " + index : null);
        }
        Slab run = Slab.run(SLABS.tags(), 0, 2, KernelMap.UNIT + 4096);
        run.note(0, "run");
        assertThat(run.note(KernelMap.UNIT >>> Slab.GRANULE_SHIFT)).isEqualTo("run");
    }

    private static Slab slab(int base, long bytes) {
        return Slab.of(SLABS.tags(), new Keg(SLABS, 0, 0, bytes, bytes <= PageSource.PAGE ? 1 : 4), base);
    }
}
