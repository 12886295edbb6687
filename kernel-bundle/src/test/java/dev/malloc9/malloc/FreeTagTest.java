package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.raw.RawMalloc;
import org.junit.jupiter.api.Test;

/**
 * Tests double frees at multiples of 1 MiB, where the granule bits of a tag are 0, so that the tag of a free item must still match no type.
 */
class FreeTagTest extends KernelTest {

    private static final long GRANULE_BITS_ZERO = 1 << 20;

    @Test
    void aDoubleFreeIsRefusedWhereATagHasNoGranuleBits() {
        freeTwice();
    }

    @Test
    void doubleFreeOnTheSlowPathIsRefused() {
        // The CPU has counters from an earlier request, so that nothing but the policy keeps a free off the fast path.
        malloc.free(malloc.malloc(4096, M_FOO, M_WAITOK), M_FOO);
        kernel.operator().profile(true);
        freeTwice();
    }

    private void freeTwice() {
        RawMalloc raw = kernel.rawMalloc();
        long block;
        do {
            block = raw.malloc(4096, M_FOO, M_WAITOK);
        } while (raw.vtophys(block) % GRANULE_BITS_ZERO != 0);
        long twice = block;
        raw.free(twice, M_FOO);
        assertThatExceptionOfType(InvalidFree.class)
                .isThrownBy(() -> raw.free(twice, M_FOO))
                .matches(refused -> refused.reason() == InvalidFree.Reason.DOUBLE_FREE);
    }
}
