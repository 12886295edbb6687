package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.kernel.Kernel;
import dev.malloc9.kernel.Tunables;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Row 16, c016906f4e: kernel memory sizes are unsigned long, so that maps may be larger than 4 GiB. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere a map is a file of that size")
class Row16MapsAbove4GiBTest {

    @MallocDefine(name = "row16")
    static final MallocType M_ROW16 = MallocType.define();

    /** The setting vm.kmem_size=6G on a machine of 16 GiB. */
    @Test
    void mapOf6GiBServesBothEnds() {
        Tunables tunables = Tunables.from(Map.of("vm.kmem_size", "6G")::get, 16L << 30);
        assertThat(tunables.kmemSize()).isEqualTo(6_442_450_944L);
        try (Kernel kernel = Kernel.boot(tunables)) {
            assertThat(kernel.runtime().kernelMap().size()).isEqualTo(6_442_450_944L);
            MemorySegment large = kernel.malloc().malloc(5L << 30, M_ROW16, M_WAITOK);
            large.set(ValueLayout.JAVA_BYTE, (5L << 30) - 1, (byte) 42);
            MemorySegment top = kernel.malloc().contigmalloc(4096, M_ROW16, M_WAITOK, 0, -1, 0, 0);
            assertThat(kernel.malloc().vtophys(top)).isEqualTo(6_442_446_848L);
            top.set(ValueLayout.JAVA_BYTE, 4095, (byte) 42);
            assertThat(kernel.runtime().kernelMap().used()).isBetween(5_368_709_120L, 5_370_000_000L);
            kernel.malloc().free(large, M_ROW16);
            kernel.malloc().free(top, M_ROW16);
        }
    }
}
