package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.Subsystem;
import java.lang.foreign.MemorySegment;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Row 13, 2009-04-19: malloc, free and realloc check the magic of the descriptor. */
class Row13MagicAtEveryCallTest {

    @MallocDefine(name = "wild", magic = 1234)
    private static final MallocType M_WILD = MallocType.define();

    @Test
    void magicIs877983977() {
        assertThat(MallocType.M_MAGIC).isEqualTo(877_983_977L);
        assertThat(M_A.magic()).isEqualTo(877_983_977L);
    }

    @Test
    void callWithABadMagicPanicsAndChangesNothing() {
        try (Subsystem kernel = new Subsystem()) {
            kernel.adopt(M_WILD, kernel.load("driver", M_A));
            MemorySegment block = kernel.malloc().malloc(100, M_A, M_WAITOK);
            TypeStats before = kernel.stats("a");
            refused("malloc", () -> kernel.malloc().malloc(1, M_WILD, M_WAITOK));
            refused("malloc", () -> kernel.rawMalloc().malloc(1, M_WILD, M_NOWAIT));
            refused("free", () -> kernel.malloc().free(block, M_WILD));
            refused("free", () -> kernel.rawMalloc().free(block.address(), M_WILD));
            refused("realloc", () -> kernel.malloc().realloc(block, 200, M_WILD, M_WAITOK));
            refused("realloc", () -> kernel.malloc().realloc(null, 200, M_WILD, M_WAITOK));
            refused("zfree", () -> kernel.malloc().zfree(block, M_WILD));
            refused("malloc_usable_size", () -> kernel.malloc().usableSize(block, M_WILD));
            refused("malloc_type_allocated", () -> kernel.subsystem.accounting().allocated(M_WILD, 1));
            assertThat(kernel.stats("a")).isEqualTo(before);
            assertThat(kernel.panics).hasSize(9);
        }
    }

    private static void refused(String function, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(KernelPanic.class)
                .hasMessage(function + ": bad malloc type magic 1234 of type 'wild' in driver 1 (7)");
    }
}
