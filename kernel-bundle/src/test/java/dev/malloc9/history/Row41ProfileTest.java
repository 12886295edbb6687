package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.Subsystem;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("82cf72b8bb: MALLOC_PROFILE builds and works: here it is in every kernel, off until it is wanted")
class Row41ProfileTest {

    @Test
    void profileCountsRequestedSizesWhileItIsOn() {
        try (Subsystem kernel = new Subsystem()) {
            kernel.load("m", M_A);
            kernel.malloc().malloc(100, M_A, M_WAITOK);
            String off = kernel.subsystem.operator().profile();
            kernel.subsystem.operator().profile(true);
            MemorySegment block = kernel.malloc().malloc(100, M_A, M_WAITOK);
            kernel.malloc().free(block, M_A);
            String on = kernel.subsystem.operator().profile();
            kernel.subsystem.operator().profile(false);
            kernel.malloc().malloc(100, M_A, M_WAITOK);
            assertThat(on).isNotEqualTo(off);
            assertThat(kernel.subsystem.operator().profile()).isEqualTo(on);
            assertThat(kernel.stats("a").allocs()).isEqualTo(3);
            assertThat(kernel.stats("a").inUse()).isEqualTo(2);
        }
    }
}
