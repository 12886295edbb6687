package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.MallocType;
import dev.malloc9.malloc.Subsystem;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Row 32, 2005-12-30: vm.memguard.desc names a type, whether it is loaded or not. In 2005, a type with live bytes was refused with EBUSY.
 * The redesign of 2010 dropped that check, and it does not exist here: free finds the allocator of a block by its address.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class Row32MemguardDescTest {

    private final Subsystem kernel = new Subsystem();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void typeLoadedAfterDescIsSetIsGuarded() {
        choose("a");
        kernel.load("driver", M_A, M_B);
        assertThat(isGuarded(M_A)).isTrue();
        assertThat(isGuarded(M_B)).isFalse();
    }

    @Test
    void reloadedTypeIsGuardedAgain() {
        choose("a");
        Owner first = kernel.load("driver", M_A);
        assertThat(isGuarded(M_A)).isTrue();
        kernel.unload(first);
        kernel.load("driver", M_A);
        assertThat(isGuarded(M_A)).isTrue();
    }

    @Test
    void typeWithLiveBlocksCanBeGuarded() {
        kernel.load("driver", M_A);
        MemorySegment before = kernel.malloc().malloc(100, M_A, M_WAITOK);
        choose("a");
        assertThat(kernel.sysctl().readText("vm.memguard.desc")).isEqualTo("a");
        MemorySegment after = kernel.malloc().malloc(100, M_A, M_WAITOK);
        assertThat(kernel.guard.owns(before.address())).isFalse();
        assertThat(kernel.guard.owns(after.address())).isTrue();
        choose("");
        kernel.malloc().free(before, M_A);
        kernel.malloc().free(after, M_A);
        assertThat(kernel.stats("a").inUse()).isZero();
        assertThat(kernel.stats("a").bytesInUse()).isZero();
        assertThat(isGuarded(M_A)).isFalse();
    }

    /** An extension beyond BSD. */
    @Test
    void descListsTypesAndGlobs() {
        kernel.load("driver", M_A, M_B);
        choose("x, [ab]");
        assertThat(isGuarded(M_A)).isFalse();
        choose("x,?");
        assertThat(isGuarded(M_A)).isTrue();
        assertThat(isGuarded(M_B)).isTrue();
        choose("b,x*");
        assertThat(isGuarded(M_A)).isFalse();
        assertThat(isGuarded(M_B)).isTrue();
    }

    private void choose(String desc) {
        kernel.sysctl().writeText("vm.memguard.desc", desc);
    }

    private boolean isGuarded(MallocType type) {
        MemorySegment block = kernel.malloc().malloc(100, type, M_WAITOK);
        boolean guarded = kernel.guard.owns(block.address());
        kernel.malloc().free(block, type);
        return guarded;
    }
}
