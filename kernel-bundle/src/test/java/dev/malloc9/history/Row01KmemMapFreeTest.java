package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.Subsystem;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Row 1, 2e73196837: vm.kmem_map_free is the largest contiguous hole, and the whole range if the map is empty (BSD: 0). */
class Row01KmemMapFreeTest {

    private static final long MIB = 1 << 20;

    @Test
    void kmemMapFreeIsTheLargestHole() {
        try (Subsystem kernel = new Subsystem(8 * MIB)) {
            kernel.load("m", M_A);
            assertThat(kernel.subsystem.statistics().kernelMap().largestFree()).isEqualTo(8 * MIB);
            MemorySegment a = kernel.malloc().malloc(3 * MIB, M_A, M_WAITOK);
            MemorySegment b = kernel.malloc().malloc(MIB, M_A, M_WAITOK);
            MemorySegment c = kernel.malloc().malloc(2 * MIB, M_A, M_WAITOK);
            MemorySegment d = kernel.malloc().malloc(2 * MIB, M_A, M_WAITOK);
            assertThat(kernel.subsystem.statistics().kernelMap().largestFree()).isZero();
            kernel.malloc().free(a, M_A);
            kernel.malloc().free(c, M_A);
            assertThat(kernel.subsystem.statistics().kernelMap().largestFree()).isEqualTo(3 * MIB);
            assertThat(kernel.subsystem.statistics().kernelMap().size()
                            - kernel.subsystem.statistics().kernelMap().used())
                    .isEqualTo(5 * MIB);
            kernel.malloc().free(b, M_A);
            assertThat(kernel.subsystem.statistics().kernelMap().largestFree()).isEqualTo(6 * MIB);
            kernel.malloc().free(d, M_A);
            assertThat(kernel.subsystem.statistics().kernelMap().largestFree()).isEqualTo(8 * MIB);
        }
    }
}
