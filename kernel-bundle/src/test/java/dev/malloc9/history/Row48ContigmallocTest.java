package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.Malloc;
import dev.malloc9.malloc.Subsystem;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Row 48, c4b4a8f048: contigmalloc looks for a range in passes, leaks nothing if it fails, and appears in the type's statistics. */
class Row48ContigmallocTest {

    private static final long MAP = 2 << 20;
    private static final long UNIT = 64 << 10;

    private final Subsystem kernel = new Subsystem(MAP);
    private final Malloc malloc = kernel.malloc();
    private final List<MemorySegment> odd = new ArrayList<>();
    private final List<MemorySegment> even = new ArrayList<>();

    /** Fills the map with 32 runs of one unit each, so that a freed run becomes a hole between two other runs. */
    @BeforeEach
    void fill() {
        kernel.load("m", M_A, M_B);
        for (int unit = 0; unit < 32; unit++) {
            MemorySegment block = malloc.contigmalloc(UNIT, M_A, M_WAITOK, unit * UNIT, (unit + 1) * UNIT, 0, 0);
            assertThat(malloc.vtophys(block)).isEqualTo(unit * UNIT);
            (unit % 2 == 0 ? even : odd).add(block);
        }
        assertThat(kernel.stats("a").bytesInUse()).isEqualTo(MAP);
    }

    @AfterEach
    void close() {
        kernel.close();
    }

    @Test
    void fragmentedMapServesRequestsThatFitAHole() {
        odd.forEach(block -> malloc.contigfree(block, UNIT, M_A));
        assertThat(malloc.contigmalloc(UNIT + 1, M_B, M_NOWAIT, 0, -1, 0, 0)).isNull();
        assertThatExceptionOfType(KernelMapExhausted.class)
                .isThrownBy(() -> malloc.contigmalloc(UNIT + 1, M_B, M_WAITOK, 0, -1, 0, 0));
        assertThat(malloc.contigmalloc(4096, M_B, M_NOWAIT, 0, -1, 2 * UNIT, 0)).isNull();
        assertThat(kernel.stats("b").allocs()).isZero();
        assertThat(kernel.stats("b").allocated()).isZero();
        for (int block = 0; block < 16; block++) {
            malloc.contigmalloc(UNIT, M_B, M_WAITOK, 0, -1, 0, UNIT);
        }
        assertThat(kernel.stats("b").allocs()).isEqualTo(16);
        assertThat(kernel.stats("b").allocated()).isEqualTo(MAP / 2);
        assertThat(malloc.contigmalloc(1, M_B, M_NOWAIT, 0, -1, 0, 0)).isNull();
    }

    @Test
    void failedRequestLeaksNothing() {
        odd.forEach(block -> malloc.contigfree(block, UNIT, M_A));
        for (int attempt = 0; attempt < 100; attempt++) {
            assertThat(malloc.contigmalloc(2 * UNIT, M_B, M_NOWAIT, 0, -1, 0, 0))
                    .isNull();
        }
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(MAP / 2);
        even.forEach(block -> malloc.contigfree(block, UNIT, M_A));
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        assertThat(kernel.subsystem.statistics().kernelMap().largestFree()).isEqualTo(MAP);
    }

    @Test
    void contigmallocCountsWholePages() {
        even.forEach(block -> malloc.contigfree(block, UNIT, M_A));
        MemorySegment block = malloc.contigmalloc(4097, M_B, M_WAITOK, 0, -1, 0, 0);
        assertThat(kernel.stats("b").bytesInUse()).isEqualTo(8192);
        malloc.contigfree(block, 4097, M_B);
        assertThat(kernel.stats("b").bytesInUse()).isZero();
        assertThat(kernel.stats("b").frees()).isEqualTo(1);
    }
}
