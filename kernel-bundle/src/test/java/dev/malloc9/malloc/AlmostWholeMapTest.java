package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.runtime.Level;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests that a request for nearly all of the kernel map fails in the same way at all levels; the extra bytes of levels I and G cause no
 * other error.
 */
@ParameterizedClass
@EnumSource(Level.class)
class AlmostWholeMapTest {

    private static final long MAP = 64 << 20;

    private final Subsystem kernel = new Subsystem(MAP);
    private final MemorySegment block;

    AlmostWholeMapTest(Level level) {
        kernel.load("driver", M_A);
        kernel.subsystem.operator().level(level);
        block = kernel.malloc().malloc(100, M_A, M_WAITOK);
        // A block that is not guarded, so that the map is not empty.
        kernel.malloc().contigmalloc(4096, M_A, M_WAITOK, 0, -1, 0, 0);
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void requestsThatDoNotWaitGetNull() {
        for (long size : new long[] {MAP, MAP - 1, MAP - 4096, MAP - 4097, MAP - 8192}) {
            assertThat(kernel.malloc().malloc(size, M_A, M_NOWAIT)).isNull();
            assertThat(kernel.malloc().malloc(size, M_A, M_NOWAIT | M_ZERO)).isNull();
            assertThat(kernel.malloc().mallocarray(size, 1, M_A, M_NOWAIT)).isNull();
            assertThat(kernel.malloc().realloc(block, size, M_A, M_NOWAIT)).isNull();
            assertThat(kernel.rawMalloc().malloc(size, M_A, M_NOWAIT)).isZero();
            assertThat(kernel.malloc().contigmalloc(size, M_A, M_NOWAIT, 0, -1, 0, 0))
                    .isNull();
        }
        kernel.malloc().free(block, M_A);
        assertThat(kernel.stats("a").inUse()).isEqualTo(1);
    }

    @Test
    void errorOfAWaitingRequestNamesTheRequestedSize() {
        for (long size : new long[] {MAP, MAP - 4096, MAP - 8192}) {
            MemorySegment half = kernel.malloc().contigmalloc(MAP / 2, M_A, M_WAITOK, 0, -1, 0, 0);
            assertThatThrownBy(() -> kernel.malloc().malloc(size, M_A, M_WAITOK))
                    .isInstanceOf(KernelMapExhausted.class)
                    .hasMessageStartingWith("kmem_malloc(" + size + "): kmem_map too small: ");
            assertThatThrownBy(() -> kernel.rawMalloc().realloc(block.address(), size, M_A, M_WAITOK))
                    .isInstanceOf(KernelMapExhausted.class)
                    .hasMessageStartingWith("kmem_malloc(" + size + "): ");
            kernel.malloc().free(half, M_A);
        }
    }
}
