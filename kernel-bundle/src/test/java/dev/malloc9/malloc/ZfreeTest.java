package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NODUMP;
import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidFree;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests blocks with secret content: they are zeroed when they are freed, and are kept out of core dumps. */
class ZfreeTest extends KernelTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 100, 2048, 5000, 65_536})
    void blockIsZeroedToTheEndOfItsClass(long size) {
        MemorySegment block = malloc.malloc(size, M_FOO, M_WAITOK);
        MemorySegment whole = MemorySegment.ofAddress(block.address()).reinterpret(malloc.usableSize(block, M_FOO));
        whole.fill((byte) 0x5a);
        malloc.zfree(block.asSlice(0, 1), M_FOO);
        assertThat(whole.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        assertThat(stats("foo").inUse()).isZero();
        long address = kernel.rawMalloc().malloc(size, M_FOO, M_WAITOK);
        MemorySegment again =
                MemorySegment.ofAddress(address).reinterpret(whole.byteSize()).fill((byte) 0x5a);
        kernel.rawMalloc().zfree(address, M_FOO);
        assertThat(again.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
    }

    @Test
    void refusedBlockIsNotZeroed() {
        MemorySegment block = malloc.malloc(100, M_FOO, M_WAITOK).fill((byte) 1);
        assertThatThrownBy(() -> malloc.zfree(block, M_BAR)).isInstanceOf(InvalidFree.class);
        assertThatThrownBy(() -> malloc.zfree(block.asSlice(16), M_FOO)).isInstanceOf(InvalidFree.class);
        assertThatThrownBy(() -> kernel.rawMalloc().zfree(block.address() + 1, M_FOO))
                .isInstanceOf(InvalidFree.class)
                .hasMessageStartingWith("zfree: address 0x");
        assertThat(block.toArray(ValueLayout.JAVA_BYTE)).containsOnly(1);
        malloc.zfree(block, M_FOO);
        assertThatThrownBy(() -> malloc.zfree(block, M_FOO)).isInstanceOf(InvalidFree.class);
    }

    @Test
    void zfreeAndUsableSizeAcceptNull() {
        malloc.zfree(null, M_FOO);
        kernel.rawMalloc().zfree(0, M_FOO);
        assertThat(malloc.usableSize(null, M_FOO)).isZero();
        assertThat(kernel.rawMalloc().usableSize(0, M_FOO)).isZero();
        assertThat(kernel.runtime().panics()).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLargeBlockStaysOutOfCoreDumpsAsLongAsItLives() throws IOException {
        MemorySegment dumped = malloc.malloc(1 << 20, M_FOO, M_WAITOK);
        MemorySegment secret = malloc.malloc(1 << 20, M_FOO, M_WAITOK | M_NODUMP);
        assertThat(flagsOf(dumped.address())).doesNotContain("dd");
        assertThat(flagsOf(secret.address())).contains("dd");
        assertThat(flagsOf(secret.address() + (1 << 20) - 1)).contains("dd");
        malloc.free(secret, M_FOO);
        assertThat(flagsOf(secret.address())).doesNotContain("dd");
        MemorySegment next = requireNonNull(malloc.malloc(1 << 20, M_FOO, M_NOWAIT));
        assertThat(next.address()).isEqualTo(secret.address());
        assertThat(flagsOf(next.address())).doesNotContain("dd");
    }

    @Test
    void smallRequestAcceptsNodump() {
        malloc.free(malloc.malloc(100, M_FOO, M_WAITOK | M_NODUMP), M_FOO);
        assertStats("foo", 1, 1, 128, 128, 8);
    }

    /** Returns the flags of the mapping around an address, as the OS reports them. */
    private static List<String> flagsOf(long address) throws IOException {
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                String[] range = line.substring(0, line.indexOf(' ')).split("-", 2);
                inside = Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                        && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0;
            } else if (inside && line.startsWith("VmFlags:")) {
                return List.of(line.substring("VmFlags:".length()).strip().split(" "));
            }
        }
        return List.of();
    }
}
