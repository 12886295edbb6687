package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.runtime.ZoneStats;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests exhaustion of a kernel map of 4 MiB, of which the kernel's own types use a small part. */
class ExhaustionTest extends KernelTest {

    private static final String EXHAUSTED = "kmem_malloc(%d): kmem_map too small: 4194304 total allocated";

    ExhaustionTest() {
        super(4 << 20);
    }

    @ParameterizedTest
    @ValueSource(longs = {16, 1024, 4096, 12_288, 65_536, 65_537})
    void mapIsWholeAgainAfterTheFrees(long size) {
        List<MemorySegment> blocks = fill(size);
        int most = blocks.size();
        assertThat(blocks.stream().map(MemorySegment::address).distinct()).hasSize(most);
        assertThatThrownBy(() -> malloc.malloc(size, M_FOO, M_WAITOK)).isInstanceOf(KernelMapExhausted.class);
        assertThat(stats("foo").allocs()).isEqualTo(most);
        Collections.shuffle(blocks, new Random(size));
        blocks.forEach(block -> malloc.free(block, M_FOO));
        assertThat(stats("foo").bytesInUse()).isZero();
        assertThat(fill(size)).hasSizeGreaterThanOrEqualTo(most);
    }

    @Test
    void freedMemoryOfOneSizeServesAnotherSize() {
        for (long size : new long[] {16, 65_537, 4096, 100, 65_536, 16}) {
            List<MemorySegment> blocks = fill(size);
            long bytes = blocks.size() * malloc.usableSize(blocks.getFirst(), M_FOO);
            assertThat(bytes).as("bytes in blocks of " + size).isGreaterThan(7 << 18);
            Collections.shuffle(blocks, new Random(size));
            blocks.forEach(block -> malloc.free(block, M_FOO));
            malloc.free(malloc.malloc(3 << 20, M_FOO, M_WAITOK), M_FOO);
        }
    }

    @Test
    void theErrorNamesTheRequestAndTheMap() {
        fill(16);
        fill(4096);
        assertThatThrownBy(() -> malloc.malloc(4000, M_FOO, M_WAITOK))
                .isInstanceOf(KernelMapExhausted.class)
                .hasMessage(String.format(Locale.ROOT, EXHAUSTED, 4096));
        assertThatThrownBy(() -> malloc.malloc(100_000, M_FOO, M_WAITOK))
                .isInstanceOf(KernelMapExhausted.class)
                .hasMessage(String.format(Locale.ROOT, EXHAUSTED, 102_400));
    }

    @Test
    void aRefusedRequestCountsItsSizeClassOnly() {
        fill(65_537);
        fill(16);
        assertThat(malloc.malloc(1024, M_BAR, M_NOWAIT)).isNull();
        assertThat(malloc.malloc(5_000, M_BAR, M_NOWAIT)).isNull();
        assertThat(malloc.malloc(100_000, M_BAR, M_NOWAIT)).isNull();
        assertThat(kernel.rawMalloc().malloc(512, M_BAR, M_NOWAIT)).isZero();
        assertThatThrownBy(() -> malloc.malloc(2048, M_BAR, M_WAITOK)).isInstanceOf(KernelMapExhausted.class);
        assertStats("bar", 0, 0, 0, 0, 32 + 64 + 128);
        assertThat(zone("512").failures()).isEqualTo(1);
        assertThat(zone("1024").failures()).isEqualTo(1);
        assertThat(zone("2048").failures()).isEqualTo(1);
        assertThat(zone("4096").failures()).isZero();
    }

    @Test
    void requestServedAfterAReclaimCountsNoFailure() {
        List<MemorySegment> blocks = fill(16);
        blocks.forEach(block -> malloc.free(block, M_FOO));
        long failures = zone("4096").failures();
        for (int i = 0; i < 500; i++) {
            malloc.malloc(4096, M_FOO, M_WAITOK);
        }
        assertThat(zone("4096").failures()).isEqualTo(failures);
    }

    @Test
    void failedReallocKeepsTheBlockAndReallocfFreesIt() {
        MemorySegment first = malloc.malloc(16, M_BAR, M_WAITOK);
        MemorySegment second = malloc.malloc(16, M_BAR, M_WAITOK);
        MemorySegment third = malloc.malloc(16, M_BAR, M_WAITOK);
        first.set(ValueLayout.JAVA_BYTE, 0, (byte) 42);
        fill(65_536);
        assertThat(malloc.realloc(first, 65_536, M_BAR, M_NOWAIT)).isNull();
        assertThatThrownBy(() -> malloc.realloc(first, 65_536, M_BAR, M_WAITOK)).isInstanceOf(KernelMapExhausted.class);
        assertThat(first.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 42);
        assertStats("bar", 3, 0, 48, 0, 1);
        assertThat(malloc.reallocf(first, 65_536, M_BAR, M_NOWAIT)).isNull();
        assertStats("bar", 3, 1, 48, 16, 1);
        assertThatThrownBy(() -> malloc.reallocf(second, 65_536, M_BAR, M_WAITOK))
                .isInstanceOf(KernelMapExhausted.class);
        assertThat(kernel.rawMalloc().reallocf(third.address(), 65_536, M_BAR, M_NOWAIT))
                .isZero();
        assertStats("bar", 3, 3, 48, 48, 1);
    }

    @Test
    void wrongFreeIsTheSameErrorWithoutMemory() {
        for (long size = 65_536; size >= 16; size /= 2) {
            fill(size);
        }
        assertThatThrownBy(() -> kernel.rawMalloc().free(1 << 20, M_FOO)).isInstanceOf(InvalidFree.class);
        assertThat(kernel.runtime().panics()).hasSize(1);
        assertThat(kernel.runtime().messages()).last().asString().startsWith("panic: free: address 0x100000(");
    }

    private ZoneStats zone(String name) {
        return kernel.runtime().zones().stream()
                .filter(zone -> zone.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Allocates blocks of a size until the map is exhausted. */
    private List<MemorySegment> fill(long size) {
        List<MemorySegment> blocks = new ArrayList<>();
        while (true) {
            try {
                blocks.add(requireNonNull(malloc.malloc(size, M_FOO, M_WAITOK)));
            } catch (KernelMapExhausted full) {
                return blocks;
            }
        }
    }
}
