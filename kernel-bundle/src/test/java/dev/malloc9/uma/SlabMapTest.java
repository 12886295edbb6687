package dev.malloc9.uma;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.vm.ContigRange;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlabMapTest {

    private final KernelMap map = new KernelMap(PageSource.reserve(2 << 20));
    private final SlabMap slabs = new SlabMap(map);

    @AfterEach
    void close() {
        map.close();
    }

    @Test
    void slabWithoutJavaHeapLeavesNothingBehind() {
        int unit = map.allocate(4, 4);
        assertThat(slabs.enter(unit, 4, 4 * KernelMap.UNIT, () -> {
                    throw new OutOfMemoryError("for the test");
                }))
                .isNull();
        assertThat(map.used()).isZero();
        assertThat(map.largestHole()).isEqualTo(2 << 20);
        assertThat(slabs.live()).isEmpty();
        assertThat(slabs.find(0)).isNull();
    }

    @Test
    void reserveCountsUnitsAndARunItsPages() {
        Slab slab = requireNonNull(slabs.allocateReserved(3, 12_288));
        assertThat(slab.items()).isEqualTo(5);
        assertThat(map.used()).isEqualTo(65_536);
        Slab run = requireNonNull(slabs.allocateRun(69_632, false));
        assertThat(map.used()).isEqualTo(135_168);
        slabs.release(slab);
        assertThat(map.used()).isEqualTo(69_632);
        slabs.release(run);
        assertThat(map.used()).isZero();
    }

    @Test
    void aContiguousRunMayBeginInsideItsFirstUnit() {
        ContigRange across = new ContigRange(15 * 4096, 17 * 4096, 0, 0);
        Slab run = requireNonNull(slabs.allocateContig(8192, across, false));
        assertThat(run.base).isEqualTo(15 * 256);
        assertThat(run.indexOf(15 * 256)).isZero();
        for (int granule = 0; granule < 32 * 256; granule++) {
            if (granule != run.base) {
                assertThat(run.indexOf(granule)).as("granule %d", granule).isEqualTo(-1);
            }
        }
        assertThat(slabs.find(0)).isSameAs(run);
        assertThat(slabs.find(31 * 256)).isSameAs(run);
        assertThat(slabs.find(32 * 256)).isNull();
        slabs.release(run);
        assertThat(slabs.find(0)).isNull();
        assertThat(slabs.find(31 * 256)).isNull();
        assertThat(map.largestHole()).isEqualTo(2 << 20);
        assertThat(map.used()).isZero();
    }
}
