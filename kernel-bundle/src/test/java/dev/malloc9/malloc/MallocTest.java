package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.raw.RawMalloc;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MallocTest extends KernelTest {

    @ParameterizedTest
    @CsvSource({
        "0, 16, 1",
        "1, 16, 1",
        "16, 16, 1",
        "17, 32, 2",
        "33, 64, 4",
        "100, 128, 8",
        "129, 256, 16",
        "2049, 4096, 256",
        "4096, 4096, 256",
        "4097, 8192, 0",
        "12289, 16384, 0",
        "65536, 65536, 0",
        "65537, 69632, 0",
        "1000000, 1003520, 0"
    })
    void aRequestIsAccountedWithItsSizeClass(long size, long accounted, int sizeMask) {
        MemorySegment block = malloc.malloc(size, M_FOO, M_WAITOK);
        assertThat(block.byteSize()).isEqualTo(size);
        assertThat(block.address() % Math.min(Long.highestOneBit(accounted), 4096))
                .isZero();
        assertThat(malloc.usableSize(block, M_FOO)).isEqualTo(accounted);
        assertStats("foo", 1, 0, accounted, 0, sizeMask);
        malloc.free(block, M_FOO);
        assertStats("foo", 1, 1, accounted, accounted, sizeMask);
    }

    @Test
    void aBlockOfAClassIsAlignedToIt() {
        for (long size = 16; size <= 4096; size *= 2) {
            for (int i = 0; i < 100; i++) {
                assertThat(malloc.malloc(size, M_FOO, M_WAITOK).address() % size)
                        .isZero();
            }
        }
        for (long size = 8192; size <= 200_000; size += 4096) {
            assertThat(malloc.malloc(size, M_FOO, M_WAITOK).address() % 4096).isZero();
        }
    }

    @Test
    void blocksOfNoBytesHaveAddressesOfTheirOwn() {
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            MemorySegment block = malloc.malloc(0, M_FOO, M_WAITOK);
            assertThat(block.byteSize()).isZero();
            assertThat(addresses.add(block.address())).isTrue();
        }
        assertStats("foo", 10_000, 0, 160_000, 0, 1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 16, 100, 128, 129, 4096, 20_000, 65_536, 65_537, 300_000})
    void aZeroedBlockIsZeroToTheEndOfItsClass(long size) {
        List<MemorySegment> blocks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            blocks.add(malloc.malloc(size, M_FOO, M_WAITOK));
        }
        for (MemorySegment block : blocks) {
            whole(block).fill((byte) 0xa5);
            malloc.free(block, M_FOO);
        }
        for (int i = 0; i < 20; i++) {
            MemorySegment block = i % 2 == 0
                    ? malloc.malloc(size, M_FOO, M_WAITOK | M_ZERO)
                    : requireNonNull(malloc.malloc(size, M_FOO, M_NOWAIT | M_ZERO));
            assertThat(whole(block).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        }
    }

    @Test
    void statisticsAreExact() {
        MemorySegment a = malloc.malloc(100, M_FOO, M_WAITOK);
        MemorySegment b = malloc.malloc(5_000, M_FOO, M_WAITOK);
        MemorySegment c = malloc.malloc(70_000, M_FOO, M_WAITOK);
        MemorySegment d = malloc.malloc(1, M_BAR, M_WAITOK);
        assertStats("foo", 3, 0, 128 + 8192 + 73_728, 0, 8);
        assertStats("bar", 1, 0, 16, 0, 1);
        malloc.free(a, M_FOO);
        malloc.free(b, M_FOO);
        assertStats("foo", 3, 2, 82_048, 8_320, 8);
        malloc.free(c, M_FOO);
        malloc.free(d, M_BAR);
        assertStats("foo", 3, 3, 82_048, 82_048, 8);
        assertStats("bar", 1, 1, 16, 16, 1);
    }

    @Test
    void theBlockFreedLastIsHandedOutNext() {
        MemorySegment block = malloc.malloc(500, M_FOO, M_WAITOK);
        malloc.free(block, M_FOO);
        assertThat(malloc.malloc(512, M_BAR, M_WAITOK).address()).isEqualTo(block.address());
    }

    @Test
    void memoryOfALargeBlockGoesBackToTheMap() {
        long before = kernel.runtime().kernelMap().used();
        MemorySegment block = malloc.malloc(1 << 20, M_FOO, M_WAITOK);
        assertThat(kernel.runtime().kernelMap().used()).isEqualTo(before + (1 << 20));
        malloc.free(block, M_FOO);
        assertThat(kernel.runtime().kernelMap().used()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "64, 33, true",
        "64, 64, true",
        "64, 32, false",
        "64, 65, false",
        "64, 0, false",
        "16, 0, true",
        "16, 1, true",
        "16, 16, true",
        "16, 17, false",
        "4096, 2049, true",
        "4096, 4096, true",
        "4096, 2048, false",
        "8192, 4097, true",
        "8192, 8192, true",
        "8192, 4096, false",
        "8192, 8193, false",
        "69632, 34817, true",
        "69632, 69632, true",
        "69632, 34816, false",
        "69632, 69633, false"
    })
    void reallocStaysInPlaceAboveHalfOfTheUsableSize(long from, long to, boolean inPlace) {
        MemorySegment block = malloc.malloc(from, M_FOO, M_WAITOK);
        for (long i = 0; i < from; i++) {
            block.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 7));
        }
        MemorySegment moved = malloc.realloc(block, to, M_FOO, M_WAITOK);
        assertThat(moved.byteSize()).isEqualTo(to);
        assertThat(moved.address() == block.address()).isEqualTo(inPlace);
        for (long i = 0; i < Math.min(from, to); i++) {
            assertThat(moved.get(ValueLayout.JAVA_BYTE, i)).isEqualTo((byte) (i * 7));
        }
        assertThat(stats("foo").allocs()).isEqualTo(inPlace ? 1 : 2);
        assertThat(stats("foo").frees()).isEqualTo(inPlace ? 0 : 1);
        malloc.free(moved, M_FOO);
        assertThat(stats("foo").bytesInUse()).isZero();
    }

    @Test
    void reallocOfNullAllocates() {
        assertThat(malloc.realloc(null, 40, M_FOO, M_WAITOK).byteSize()).isEqualTo(40);
        assertThat(requireNonNull(malloc.realloc(null, 41, M_FOO, M_NOWAIT)).byteSize())
                .isEqualTo(41);
        assertThat(malloc.reallocf(null, 42, M_FOO, M_WAITOK).byteSize()).isEqualTo(42);
        assertThat(requireNonNull(malloc.reallocf(null, 43, M_FOO, M_NOWAIT)).byteSize())
                .isEqualTo(43);
        assertStats("foo", 4, 0, 256, 0, 4);
    }

    @Test
    void reallocZeroesTheNewBlockBeforeItCopies() {
        MemorySegment dirty = malloc.malloc(256, M_FOO, M_WAITOK);
        dirty.fill((byte) 1);
        MemorySegment block = malloc.malloc(16, M_FOO, M_WAITOK);
        block.fill((byte) 2);
        malloc.free(dirty, M_FOO);
        MemorySegment grown = malloc.realloc(block, 256, M_FOO, M_WAITOK | M_ZERO);
        assertThat(grown.address()).isEqualTo(dirty.address());
        assertThat(grown.asSlice(0, 16).toArray(ValueLayout.JAVA_BYTE)).containsOnly(2);
        assertThat(grown.asSlice(16).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
    }

    @Test
    void freeOfNullDoesNothing() {
        malloc.malloc(1, M_FOO, M_WAITOK);
        malloc.free(null, M_FOO);
        kernel.rawMalloc().free(0, M_FOO);
        assertStats("foo", 1, 0, 16, 0, 1);
    }

    @Test
    void aShorterViewOfABlockFreesIt() {
        MemorySegment block = malloc.malloc(100, M_FOO, M_WAITOK);
        malloc.free(block.asSlice(0, 1), M_FOO);
        assertStats("foo", 1, 1, 128, 128, 8);
    }

    @Test
    void mallocAndRawMallocShareBlocks() {
        RawMalloc raw = kernel.rawMalloc();
        MemorySegment block = malloc.malloc(100, M_FOO, M_WAITOK);
        raw.free(block.address(), M_FOO);
        long address = raw.malloc(100, M_FOO, M_NOWAIT);
        assertThat(address).isEqualTo(block.address());
        assertThat(raw.usableSize(address, M_FOO)).isEqualTo(128);
        assertThat(raw.realloc(address, 65, M_FOO, M_WAITOK)).isEqualTo(address);
        long moved = raw.reallocf(address, 200, M_FOO, M_WAITOK);
        assertThat(moved).isNotEqualTo(address);
        malloc.free(MemorySegment.ofAddress(moved), M_FOO);
        assertThat(raw.realloc(0, 1, M_FOO, M_WAITOK)).isNotZero();
        assertStats("foo", 4, 3, 128 + 128 + 256 + 16, 128 + 128 + 256, 1 + 8 + 16);
    }

    /** Returns a view of all usable bytes of a block. */
    private MemorySegment whole(MemorySegment block) {
        return MemorySegment.ofAddress(block.address()).reinterpret(malloc.usableSize(block, M_FOO));
    }
}
