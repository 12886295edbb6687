package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/**
 * Tests that kernels that run together or one after another serve their own callers from their own maps, whichever kernel C2 treats as a
 * constant.
 */
class ProcessKernelTest {

    @Test
    void eachKernelServesItsOwnTypes() {
        try (Subsystem first = new Subsystem()) {
            first.load("first", M_A);
            try (Subsystem second = new Subsystem()) {
                second.load("second", M_B);
                served(first, M_A);
                served(second, M_B);
                served(first, M_A);
            }
            served(first, M_A);
        }
        try (Subsystem third = new Subsystem()) {
            third.load("third", M_C);
            served(third, M_C);
        }
    }

    private static void served(Subsystem kernel, MallocType type) {
        for (int i = 0; i < 100; i++) {
            MemorySegment block = kernel.malloc().malloc(64, type, M_WAITOK);
            assertThat(block.address() - kernel.map.base()).isBetween(0L, kernel.map.size() - 64);
            kernel.malloc().free(block, type);
        }
    }
}
