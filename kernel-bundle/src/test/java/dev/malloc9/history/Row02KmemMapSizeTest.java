package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.Subsystem;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Row 2, 7010764d95: vm.kmem_map_size is the size in use, which changes, and vm.kmem_size is the capacity, which does not. */
class Row02KmemMapSizeTest {

    private static final long PAGE = 4096;

    @Test
    void largeBlockRaisesKmemMapSizeByItsPages() {
        try (Subsystem kernel = new Subsystem(8 << 20)) {
            kernel.load("m", M_A);
            assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
            for (long pages = 17; pages <= 100; pages++) {
                MemorySegment block = kernel.malloc().malloc(pages * PAGE - 1, M_A, M_WAITOK);
                assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(pages * PAGE);
                assertThat(kernel.subsystem.statistics().kernelMap().size()).isEqualTo(8 << 20);
                kernel.malloc().free(block, M_A);
                assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
            }
        }
    }

    @Test
    void smallBlockRaisesKmemMapSizeByItsSlab() {
        try (Subsystem kernel = new Subsystem(8 << 20)) {
            kernel.load("m", M_A);
            kernel.malloc().malloc(16, M_A, M_WAITOK);
            assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(16 * PAGE);
            kernel.malloc().malloc(20 * PAGE, M_A, M_WAITOK);
            assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(36 * PAGE);
        }
    }
}
