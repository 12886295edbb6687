package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_USE_RESERVE;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.LeakReport.Blocks;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.VirtualClock;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests a kernel map of 2 MiB with a reserve of 128 KiB, in which all memory but the reserve is in use. */
class ReserveTest {

    private static final long MAP = 2 << 20;
    private static final long RESERVE = 128 << 10;

    private final VirtualClock clock = new VirtualClock();
    private final Subsystem kernel = new Subsystem(MAP, RESERVE, clock);
    private final Malloc malloc = kernel.malloc();
    private final Owner owner = kernel.load("m", M_A);

    @BeforeEach
    void fill() {
        kernel.load("other", M_B);
        assertThat(malloc.malloc(MAP - RESERVE + 1, M_B, M_NOWAIT)).isNull();
        assertThat(malloc.malloc(MAP - RESERVE, M_B, M_NOWAIT)).isNotNull();
        assertThat(malloc.malloc(16, M_A, M_NOWAIT)).isNull();
        assertThat(malloc.malloc(65_537, M_A, M_NOWAIT)).isNull();
    }

    @AfterEach
    void close() {
        kernel.close();
    }

    @ParameterizedTest
    @CsvSource({
        "16, 8192, 131072",
        "100, 1024, 131072",
        "4096, 32, 131072",
        "12288, 10, 131072",
        "65536, 2, 131072",
        "65537, 1, 69632"
    })
    void reserveServesOnlyRequestsWithUseReserve(long size, int blocks, long used) {
        List<MemorySegment> served = new ArrayList<>();
        for (MemorySegment block = use(size); block != null; block = use(size)) {
            served.add(block);
            assertThat(malloc.malloc(size, M_A, M_NOWAIT)).isNull();
        }
        assertThat(served).hasSize(blocks);
        assertThat(served.stream().map(MemorySegment::address).distinct()).hasSize(blocks);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(MAP - RESERVE + used);
        assertThat(kernel.stats("a").inUse()).isEqualTo(blocks);
        assertThat(kernel.stats("a").bytesInUse()).isEqualTo(blocks * malloc.usableSize(served.getFirst(), M_A));
        for (MemorySegment block : served) {
            malloc.free(block, M_A);
            assertThat(malloc.malloc(size, M_A, M_NOWAIT)).isNull();
        }
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(MAP - RESERVE);
        assertThat(kernel.stats("a").bytesInUse()).isZero();
        assertThat(use(size)).isNotNull();
    }

    @Test
    void reserveIsUsedBeforeARequestWaits() {
        malloc.malloc(65_536, M_A, M_WAITOK | M_USE_RESERVE);
        malloc.malloc(65_536, M_A, M_WAITOK | M_USE_RESERVE);
        assertThat(clock.waits).isEmpty();
        assertThatExceptionOfType(KernelMapExhausted.class)
                .isThrownBy(() -> malloc.malloc(65_536, M_A, M_WAITOK | M_USE_RESERVE));
        assertThat(clock.waits).hasSize(8);
    }

    @Test
    void reserveItemIsZeroedIfRequested() {
        MemorySegment keepsTheSlab = requireNonNull(use(4096));
        MemorySegment dirty = requireNonNull(use(4096));
        dirty.fill((byte) 0x5a);
        malloc.free(dirty, M_A);
        MemorySegment again = requireNonNull(malloc.malloc(4096, M_A, M_NOWAIT | M_USE_RESERVE | M_ZERO));
        assertThat(again.address()).isEqualTo(dirty.address());
        assertThat(again.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        assertThat(keepsTheSlab.address()).isNotEqualTo(again.address());
    }

    @Test
    void wrongFreesOfReserveItemsAreRefused() {
        MemorySegment first = requireNonNull(use(100));
        MemorySegment second = requireNonNull(use(100));
        refuses(Reason.INTERIOR, () -> malloc.free(first.asSlice(16), M_A));
        refuses(Reason.WRONG_TYPE, () -> malloc.free(first, M_B));
        malloc.free(first, M_A);
        refuses(Reason.DOUBLE_FREE, () -> malloc.free(first, M_A));
        malloc.free(second, M_A);
        refuses(Reason.FOREIGN, () -> malloc.free(second, M_A));
        assertThat(kernel.stats("a").frees()).isEqualTo(2);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(MAP - RESERVE);
    }

    @Test
    void leakedItemsReturnToTheReserve() {
        Stream.of(100, 100, 5000).forEach(this::use);
        long raw = kernel.rawMalloc().malloc(16, M_A, M_NOWAIT | M_USE_RESERVE);
        assertThat(raw).isZero();
        malloc.free(requireNonNull(use(100)), M_A);
        kernel.unload(owner);
        assertThat(kernel.leaks).hasSize(1);
        assertThat(kernel.leaks.getFirst().blocks()).containsExactly(new Blocks(128, 2), new Blocks(8192, 1));
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(MAP - RESERVE);
    }

    @Test
    void aReserveBlockOfAnAddressGoesThroughTheQuarantine() {
        long raw = kernel.rawMalloc().malloc(16, M_A, M_NOWAIT | M_USE_RESERVE);
        kernel.unload(owner);
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined()).isEqualTo(16);
        Owner next = kernel.load("next", M_A);
        refuses(Reason.REVOKED, () -> kernel.rawMalloc().free(raw, M_A));
        kernel.unload(next);
    }

    @Test
    void freeAtLevelIRefillsTheReserve() {
        kernel.subsystem.operator().level(owner.module(), Level.I);
        for (long size : new long[] {10, 3_000, 65_536}) {
            for (int i = 0; i < 5; i++) {
                MemorySegment block = use(size);
                assertThat(block).as("%s bytes, round %s", size, i).isNotNull();
                malloc.free(block, M_A);
                if (size < 10_000) {
                    assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(MAP - RESERVE);
                }
            }
        }
        assertThat(kernel.damages).isEmpty();
    }

    private @Nullable MemorySegment use(long size) {
        return malloc.malloc(size, M_A, M_NOWAIT | M_USE_RESERVE);
    }

    private static void refuses(Reason reason, ThrowingCallable call) {
        assertThatExceptionOfType(InvalidFree.class)
                .isThrownBy(call)
                .satisfies(error -> assertThat(error.reason()).isEqualTo(reason));
    }
}
