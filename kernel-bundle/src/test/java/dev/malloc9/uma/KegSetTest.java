package dev.malloc9.uma;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KegSetTest {

    private final KernelMap map = new KernelMap(PageSource.reserve(2 << 20));
    private final SlabMap slabs = new SlabMap(map);

    @AfterEach
    void close() {
        map.close();
    }

    @Test
    void kegIsInTheSetOnce() {
        Keg first = new Keg(slabs, 0, 0, 64, 1);
        Keg second = new Keg(slabs, 1, 0, 64, 1);
        KegSet set = new KegSet(first);
        set.add(second);
        set.add(first);
        set.add(second);
        assertThat(set.kegs()).containsExactly(first, second);
    }

    @Test
    void releaseSparesItemsThatAnotherKegHandsOutMeanwhile() {
        int perSlab = KernelMap.UNIT / 1024;
        Keg first = new Keg(slabs, 0, 0, 1024, 1);
        Keg second = new Keg(slabs, 1, 0, 1024, 1);
        KegSet set = new KegSet(first);
        set.add(second);
        int[] inUse = new int[perSlab];
        // The fini of the second surplus slab runs after the first one was released: the other keg takes its memory.
        first.life(new ItemInit() {
            private int finis;

            @Override
            public void init(int item, long flags) {}

            @Override
            public void fini(int item) {
                if (++finis == perSlab + 1) {
                    second.fetch(inUse, perSlab, M_NOWAIT);
                }
            }
        });
        int[] items = new int[3 * perSlab];
        first.fetch(items, items.length, M_NOWAIT);
        set.release(items, items.length);
        assertThat(items).contains(inUse);
        assertThat(second.free()).isZero();
    }
}
