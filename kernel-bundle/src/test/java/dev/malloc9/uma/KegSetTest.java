package dev.malloc9.uma;

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
}
