package dev.malloc9.history;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.malloc.Subsystem;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Row 7, 2010-08-31: realloc of a guarded block copies exactly the bytes that were requested before, and the block stays guarded. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class Row07MemguardReallocTest {

    private final Subsystem kernel = new Subsystem();

    @AfterEach
    void stop() {
        kernel.close();
    }

    /** Byte 100 of the old block is not in a hole, but byte 112 would be. In 2010, realloc copied 4096 bytes and faulted. */
    @Test
    void growingCopiesTheOldSize() {
        choose("a");
        MemorySegment block = fill(100);
        MemorySegment grown = kernel.malloc().realloc(block, 4096, M_A, M_WAITOK);
        assertThat(grown.byteSize()).isEqualTo(4096);
        assertThat(grown.address()).isNotEqualTo(block.address());
        assertCopied(grown, 100);
        assertThat(grown.asSlice(100).toArray(JAVA_BYTE)).containsOnly(0);
        assertThat(kernel.guard.owns(grown.address())).isTrue();
        kernel.malloc().free(grown, M_A);
    }

    @Test
    void shrinkingCopiesTheNewSize() {
        choose("a");
        MemorySegment shrunk = kernel.malloc().realloc(fill(4096), 100, M_A, M_WAITOK);
        assertThat(shrunk.byteSize()).isEqualTo(100);
        assertCopied(shrunk, 100);
        kernel.malloc().free(shrunk, M_A);
    }

    @Test
    void reallocOfAGuardedBlockIsNeverInPlace() {
        choose("a");
        MemorySegment block = fill(100);
        assertThat(kernel.malloc().realloc(block, 100, M_A, M_WAITOK).address()).isNotEqualTo(block.address());
    }

    @Test
    void blockThatWasGuardedByChanceStaysGuarded() {
        kernel.load("driver", M_A);
        kernel.sysctl().writeText("vm.memguard.frequency", "100000");
        MemorySegment block = fill(100);
        assertThat(kernel.guard.owns(block.address())).isTrue();
        kernel.sysctl().writeText("vm.memguard.frequency", "0");
        MemorySegment moved = kernel.malloc().realloc(block, 200, M_A, M_WAITOK);
        assertThat(kernel.guard.owns(moved.address())).isTrue();
        assertCopied(moved, 100);
        assertThat(kernel.guard.owns(fill(100).address())).isFalse();
        kernel.malloc().free(moved, M_A);
    }

    /** Deviation: BSD returns null here, even for M_WAITOK. */
    @Test
    void reallocInAFullGuardMapReturnsAPlainBlock() {
        choose("a");
        MemorySegment block = fill(100);
        for (int i = 1; i < Subsystem.GUARDED_BLOCKS; i++) {
            kernel.malloc().malloc(1, M_A, M_WAITOK);
        }
        MemorySegment moved = kernel.malloc().realloc(block, 200, M_A, M_WAITOK);
        assertThat(kernel.guard.owns(moved.address())).isFalse();
        assertCopied(moved, 100);
        MemorySegment back = kernel.malloc().realloc(moved, 5000, M_A, M_WAITOK);
        assertThat(kernel.guard.owns(back.address())).isTrue();
        assertCopied(back, 100);
        assertThat(kernel.stats("a").inUse()).isEqualTo(Subsystem.GUARDED_BLOCKS);
    }

    private void choose(String desc) {
        kernel.load("driver", M_A);
        kernel.sysctl().writeText("vm.memguard.desc", desc);
    }

    private MemorySegment fill(long bytes) {
        MemorySegment block = kernel.malloc().malloc(bytes, M_A, M_WAITOK);
        for (long at = 0; at < bytes; at++) {
            block.set(JAVA_BYTE, at, (byte) (at % 251 + 1));
        }
        return block;
    }

    private static void assertCopied(MemorySegment block, long bytes) {
        for (long at = 0; at < bytes; at++) {
            assertThat(block.get(JAVA_BYTE, at)).isEqualTo((byte) (at % 251 + 1));
        }
    }
}
