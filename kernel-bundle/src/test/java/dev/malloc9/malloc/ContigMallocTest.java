package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.runtime.LeakReport.Blocks;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.VirtualClock;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests contigmalloc in a kernel map of 4 MiB. */
class ContigMallocTest {

    private static final long MAP = 4 << 20;
    private static final long NO_LIMIT = -1;

    private final VirtualClock clock = new VirtualClock();
    private final Subsystem kernel = new Subsystem(MAP, 0, clock);
    private final Malloc malloc = kernel.malloc();
    private final RawMalloc raw = kernel.rawMalloc();
    private final Owner owner = kernel.load("m", M_A, M_B);

    @AfterEach
    void close() {
        kernel.close();
    }

    @Test
    void exampleOfTheManualPageGetsItsAddress() {
        MemorySegment block = malloc.contigmalloc(8192, M_A, M_WAITOK, 0, 1L << 22, 32 << 10, 1024 << 10);
        assertThat(block.byteSize()).isEqualTo(8192);
        assertThat(malloc.vtophys(block)).isEqualTo((4 << 20) - (32 << 10));
        assertThat(malloc.vtophys(block.asSlice(5000))).isEqualTo((4 << 20) - (32 << 10) + 5000);
        assertThat(block.address() % (32 << 10)).isZero();
        malloc.contigfree(block, 8192, M_A);
    }

    @Test
    void aBlockMayBeginAtAnyPage() {
        MemorySegment block = malloc.contigmalloc(8000, M_A, M_WAITOK, 4096, 12_288, 0, 0);
        assertThat(malloc.vtophys(block)).isEqualTo(4096);
        assertThat(malloc.usableSize(block, M_A)).isEqualTo(8192);
        assertThat(malloc.contigmalloc(4096, M_A, M_NOWAIT, 4096, 12_288, 0, 0)).isNull();
        block.fill((byte) 0x5a);
        refuses(Reason.FOREIGN, () -> raw.free(block.address() - 4096, M_A));
        refuses(Reason.INTERIOR, () -> raw.free(block.address() + 4096, M_A));
        refuses(Reason.INTERIOR, () -> raw.free(block.address() + 8192, M_A));
        malloc.free(block, M_A);
        MemorySegment again = malloc.contigmalloc(8000, M_A, M_WAITOK | M_ZERO, 4096, 12_288, 0, 0);
        assertThat(again.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        malloc.contigfree(again, 8192, M_A);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        assertThat(kernel.subsystem.statistics().kernelMap().largestFree()).isEqualTo(MAP);
    }

    @Test
    void statisticsCountWholePagesAndSuccessOnly() {
        MemorySegment block = malloc.contigmalloc(5000, M_A, M_WAITOK, 0, NO_LIMIT, 0, 0);
        assertThat(malloc.contigmalloc(5000, M_A, M_NOWAIT, 0, 4096, 0, 0)).isNull();
        assertThat(kernel.stats("a").allocs()).isEqualTo(1);
        assertThat(kernel.stats("a").allocated()).isEqualTo(8192);
        assertThat(kernel.stats("a").sizeMask()).isZero();
        malloc.contigfree(block, 5000, M_A);
        assertThat(kernel.stats("a").frees()).isEqualTo(1);
        assertThat(kernel.stats("a").freed()).isEqualTo(8192);
    }

    @Test
    void invalidArgumentsAreRefused() {
        refuses("vm_phys_alloc_contig: size must not be 0", 0, 0, 0);
        refuses("contigmalloc: size -1 for type 'a' is negative", -1, 0, 0);
        refuses("contigmalloc: size 4194305 for type 'a' is above the kernel map of 4194304 bytes", MAP + 1, 0, 0);
        refuses("vm_phys_alloc_contig: alignment must be a power of 2, not 3", 1, 3, 0);
        refuses("vm_phys_alloc_contig: alignment must be a power of 2, not 18446744073709551615", 1, -1, 0);
        refuses("vm_phys_alloc_contig: boundary must be a power of 2, not 12288", 1, 0, 12_288);
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> malloc.contigmalloc(1, M_A, 0L, 0, NO_LIMIT, 0, 0))
                .withMessageStartingWith("Bad malloc flags: 0 (contigmalloc takes ");
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> malloc.contigmalloc(1, M_A, 1, 0, NO_LIMIT, 0, 0))
                .withMessageStartingWith("Bad malloc flags: 1 (contigmalloc takes ");
        assertThat(kernel.stats("a").allocs()).isZero();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @Test
    void waitForAnImpossiblePlaceEndsAtOnceAndNamesIt() {
        assertThatExceptionOfType(KernelMapExhausted.class)
                .isThrownBy(() -> malloc.contigmalloc(5000, M_A, M_WAITOK, 4096, 8192, 16, 4096))
                .withMessage("contigmalloc(8192): no such hole from 0x1000 to 0x2000, alignment 16, boundary 4096:"
                        + " 0 total allocated");
        assertThat(clock.waits).isEmpty();
    }

    @Test
    void secondPassReclaimsUnusedMemory() {
        List<MemorySegment> blocks = new ArrayList<>();
        for (MemorySegment block = malloc.malloc(4096, M_A, M_NOWAIT);
                block != null;
                block = malloc.malloc(4096, M_A, M_NOWAIT)) {
            blocks.add(block);
        }
        blocks.forEach(block -> malloc.free(block, M_A));
        assertThat(malloc.contigmalloc(MAP, M_A, M_NOWAIT, 0, NO_LIMIT, 0, 0)).isNull();
        kernel.subsystem.lowMemory().register(() -> {
            throw new AssertionError("not yet");
        });
        malloc.contigfree(malloc.contigmalloc(MAP, M_A, M_WAITOK, 0, NO_LIMIT, 0, 0), MAP, M_A);
        assertThat(kernel.failures).isEmpty();
    }

    @Test
    void thirdPassCallsLowMemoryHandlers() {
        MemorySegment all = malloc.malloc(MAP, M_A, M_WAITOK);
        kernel.subsystem.lowMemory().register(() -> malloc.free(all, M_A));
        assertThat(malloc.contigmalloc(4096, M_A, M_NOWAIT, 0, 4096, 0, 0)).isNull();
        assertThat(malloc.vtophys(malloc.contigmalloc(4096, M_A, M_WAITOK, 0, 4096, 0, 0)))
                .isZero();
    }

    @Test
    void runIsReleasedIfItsTypeEndsMeanwhile() {
        kernel.malloc().free(malloc.malloc(1, M_A, M_WAITOK), M_A);
        MemorySegment all = malloc.malloc(MAP, M_B, M_NOWAIT);
        assertThat(all).isNull();
        MemorySegment rest = malloc.malloc(MAP - 65_536, M_B, M_WAITOK);
        kernel.subsystem.lowMemory().register(() -> {
            kernel.unload(owner);
            kernel.load("next", M_B);
        });
        assertThat(rest.byteSize()).isEqualTo(MAP - 65_536);
        assertThatExceptionOfType(UnregisteredType.class)
                .isThrownBy(() -> malloc.contigmalloc(MAP / 2, M_A, M_WAITOK, 0, NO_LIMIT, 0, 0));
        assertThat(kernel.leaks).hasSize(1);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isLessThanOrEqualTo(65_536);
    }

    @Test
    void contigfreeChecksTheSize() {
        MemorySegment block = malloc.contigmalloc(5000, M_A, M_WAITOK, 0, NO_LIMIT, 0, 0);
        String text = "contigfree: block 0x" + Long.toHexString(block.address())
                + " of type 'a' of m 1 (7) has 8192 bytes, not ";
        for (long size : new long[] {0, 4096, 8193, -1, Long.MAX_VALUE}) {
            assertThat(refuses(Reason.WRONG_SIZE, () -> malloc.contigfree(block, size, M_A)))
                    .hasMessage(text + size + ", given as type 'a' of m 1 (7)");
        }
        refuses(Reason.WRONG_TYPE, () -> malloc.contigfree(block, 5000, M_B));
        MemorySegment item = malloc.malloc(4096, M_A, M_WAITOK);
        refuses(Reason.WRONG_SIZE, () -> malloc.contigfree(item, 4096, M_A));
        assertThat(kernel.stats("a").frees()).isZero();
        malloc.contigfree(block, 5000, M_A);
        refuses(Reason.FOREIGN, () -> malloc.contigfree(block, 5000, M_A));
        malloc.contigfree(null, 5000, M_A);
        assertThat(kernel.stats("a").frees()).isEqualTo(1);
    }

    @Test
    void contigfreeRefusesABlockOfMalloc() {
        MemorySegment run = malloc.malloc(100_000, M_A, M_WAITOK);
        MemorySegment item = malloc.malloc(4096, M_A, M_WAITOK);
        for (long size : new long[] {100_000, 102_400}) {
            assertThat(refuses(Reason.WRONG_SIZE, () -> malloc.contigfree(run, size, M_A)))
                    .hasMessage(
                            "contigfree: block 0x" + Long.toHexString(run.address()) + " of 102400 bytes of type 'a' of"
                                    + " m 1 (7) was not allocated by contigmalloc, given as type 'a' of m 1 (7)");
            refuses(Reason.WRONG_SIZE, () -> raw.contigfree(run.address(), size, M_A));
        }
        refuses(Reason.WRONG_SIZE, () -> malloc.contigfree(item, 4096, M_A));
        MemorySegment moved = malloc.realloc(run, 200_000, M_A, M_WAITOK);
        refuses(Reason.WRONG_SIZE, () -> malloc.contigfree(moved, 200_000, M_A));
        malloc.free(moved, M_A);
        MemorySegment contiguous = malloc.contigmalloc(100_000, M_A, M_WAITOK, 0, NO_LIMIT, 0, 0);
        MemorySegment stays = malloc.realloc(contiguous, 99_000, M_A, M_WAITOK);
        assertThat(stays.address()).isEqualTo(contiguous.address());
        malloc.contigfree(stays, 99_000, M_A);
        assertThat(kernel.stats("a").frees()).isEqualTo(3);
    }

    @Test
    void aForgottenBlockIsReportedAndTakenBack() {
        MemorySegment block = malloc.contigmalloc(5000, M_A, M_WAITOK, 4096, NO_LIMIT, 0, 0);
        kernel.unload(owner);
        assertThat(kernel.leaks.getFirst().blocks()).containsExactly(new Blocks(8192, 1));
        assertThat(block.scope().isAlive()).isFalse();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @Test
    void rawContigmallocAndContigfreeUseAddresses() {
        long block = raw.contigmalloc(8192, M_A, M_NOWAIT, 4096, 12_288, 4096, 0);
        assertThat(raw.vtophys(block)).isEqualTo(4096);
        assertThat(raw.contigmalloc(8192, M_A, M_NOWAIT, 4096, 12_288, 4096, 0)).isZero();
        refuses(Reason.WRONG_SIZE, () -> raw.contigfree(block, 4096, M_A));
        raw.contigfree(block, 8192, M_A);
        raw.contigfree(0, 8192, M_A);
        assertThat(kernel.stats("a").frees()).isEqualTo(1);
    }

    @Test
    void onlyTheMapHasPhysicalAddresses() {
        MemorySegment heap = MemorySegment.ofArray(new byte[5]);
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> malloc.vtophys(heap))
                .withMessage("vtophys: segment of 5 bytes lies on the Java heap");
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> raw.vtophys(16))
                .withMessage("vtophys: address 0x10 lies outside the kernel map");
        long end = kernel.map.base() + MAP;
        assertThat(raw.vtophys(end - 1)).isEqualTo(MAP - 1);
        assertThatExceptionOfType(InvalidRequest.class).isThrownBy(() -> raw.vtophys(end));
        assertThatExceptionOfType(InvalidRequest.class).isThrownBy(() -> raw.vtophys(kernel.map.base() - 1));
    }

    private void refuses(String message, long size, long alignment, long boundary) {
        for (long flags : new long[] {M_NOWAIT, M_WAITOK}) {
            assertThatExceptionOfType(InvalidRequest.class)
                    .isThrownBy(() -> malloc.contigmalloc(size, M_A, flags, 0, NO_LIMIT, alignment, boundary))
                    .withMessage(message);
        }
    }

    private static InvalidFree refuses(Reason reason, ThrowingCallable call) {
        InvalidFree error = requireNonNull(catchThrowableOfType(InvalidFree.class, call));
        assertThat(error.reason()).isEqualTo(reason);
        return error;
    }
}
