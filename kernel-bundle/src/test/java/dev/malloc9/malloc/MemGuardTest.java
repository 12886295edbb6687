package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.malloc9.api.BlockDamaged;
import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.raw.GuardHit;
import dev.malloc9.api.raw.GuardHit.Kind;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.debug.memguard.GuardRequest;
import dev.malloc9.debug.memguard.GuardedBlock;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.FailPoints;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Tests malloc and free with MemGuard enabled. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "holes are Linux's")
class MemGuardTest {

    private static final int PAGE = 4096;

    /** All of the address space, as a native function can access it. */
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final Subsystem kernel = new Subsystem();

    /** The sum of the values that were read. */
    long sum;

    private final Owner owner = kernel.load("driver", M_A, M_B);

    @BeforeEach
    void guardA() {
        kernel.sysctl().writeText("vm.memguard.desc", "a");
    }

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void guardedBlockEndsAtItsPageAndIsCounted() {
        MemorySegment block = malloc(100);
        assertThat(block.byteSize()).isEqualTo(100);
        assertThat(block.address()).isEqualTo(knob("mapstart") + 2 * PAGE - 112);
        assertThat(knob("wasted")).isEqualTo(3996);
        assertThat(knob("mapused")).isEqualTo(PAGE);
        assertThat(knob("blocks")).isEqualTo(1);
        assertThat(kernel.stats("a").inUse()).isEqualTo(1);
        assertThat(kernel.stats("a").bytesInUse()).isEqualTo(128);
        assertThat(kernel.stats("a").sizeMask()).isEqualTo(1 << 3);
        MemorySegment next = malloc(100);
        assertThat(next.address()).isEqualTo(block.address() + 2 * PAGE);
        kernel.malloc().free(block, M_A);
        kernel.malloc().free(next, M_A);
        assertThat(knob("wasted")).isZero();
        assertThat(knob("mapused")).isZero();
        assertThat(knob("blocks")).isZero();
        assertThat(knob("numalloc")).isEqualTo(2);
        assertThat(kernel.stats("a").inUse()).isZero();
        assertThat(kernel.stats("a").bytesInUse()).isZero();
    }

    @Test
    void addressesOfABlockThatWasNotMadeAreUsedAgain() {
        long fifthOfTheRange = 13 << 20;
        kernel.map.failPoints().points(Set.of(FailPoints.Step.GUARD_SCOPE));
        for (int i = 0; i < 4; i++) {
            kernel.map.failPoints().failAt(1);
            MemorySegment plain = malloc(fifthOfTheRange);
            assertThat(isGuarded(plain.address())).isFalse();
            kernel.malloc().free(plain, M_A);
        }
        MemorySegment block = malloc(fifthOfTheRange);
        assertThat(block.address()).isEqualTo(knob("mapstart") + PAGE);
        assertThat(knob("wrapcnt")).isEqualTo(1);
        kernel.malloc().free(block, M_A);
    }

    @Test
    void otherTypeIsNotGuarded() {
        MemorySegment other = kernel.malloc().malloc(100, M_B, M_WAITOK);
        assertThat(isGuarded(other.address())).isFalse();
        assertThat(isGuarded(kernel.malloc().malloc(0, M_A, M_WAITOK).address()))
                .isFalse();
        kernel.malloc().free(other, M_B);
    }

    @Test
    void theFirstByteOutsideABlockIsAGuardHit() {
        long block = kernel.rawMalloc().malloc(PAGE, M_A, M_WAITOK);
        assertThat(isGuarded(block)).isTrue();
        kernel.rawMemory().putByte(block, (byte) 1);
        kernel.rawMemory().putByte(block + PAGE - 1, (byte) 2);
        GuardHit behind = hit(() -> kernel.rawMemory().getByte(block + PAGE));
        assertThat(behind.kind()).isEqualTo(Kind.OVERRUN);
        assertThat(behind.offset()).isEqualTo(PAGE);
        assertThat(requireNonNull(behind.block()).address()).isEqualTo(block);
        assertThat(behind)
                .hasMessageMatching("MemGuard: overrun: read of 1 byte at 0x" + Long.toHexString(block + PAGE)
                        + ", offset 4096 of block 0x" + Long.toHexString(block)
                        + " of 4096 bytes of type 'a' of driver 1 \\(7\\), allocated by "
                        + "dev.malloc9.malloc.MemGuardTest.theFirstByte.*\\(MemGuardTest.java:[0-9]+\\)");
        GuardHit before = hit(() -> kernel.rawMemory().putByte(block - 1, (byte) 0));
        assertThat(before.kind()).isEqualTo(Kind.UNDERRUN);
        assertThat(before.offset()).isEqualTo(-1);
        assertThat(requireNonNull(before.block()).module()).isEqualTo(new ModuleId("driver", "1", 7));
        assertThat(kernel.panics).containsExactly(behind, before);
        kernel.rawMalloc().free(block, M_A);
    }

    @Test
    void nativeWriteInTheBlocksPagesIsReportedAtFree() {
        long block = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
        MEMORY.set(JAVA_BYTE, block + 100, (byte) 0);
        MEMORY.set(JAVA_LONG_UNALIGNED, block - Long.BYTES, 0);
        kernel.rawMalloc().free(block, M_A);
        assertThat(kernel.damages)
                .extracting(Damage::kind, Damage::offset, Damage::bytes)
                .containsExactly(tuple(Damage.Kind.UNDERFLOW, -8L, 8L), tuple(Damage.Kind.OVERFLOW, 100L, 1L));
        assertThat(kernel.damages.getLast().report().getFirst())
                .isEqualTo("REDZONE: Buffer overflow detected. 1 byte corrupted after 0x"
                        + Long.toHexString(block + 100) + " (100 bytes allocated) of type 'a' of driver 1 (7).");
        assertThat(kernel.panics).isEmpty();
    }

    @Test
    void writeBesideABlockStopsReallocAndIsReported() {
        long block = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
        long left = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
        MEMORY.set(JAVA_BYTE, block + 100, (byte) 0);
        MEMORY.set(JAVA_BYTE, left + 111, (byte) 0);
        kernel.sysctl().writeText("vm.redzone.panic", "1");
        assertThatThrownBy(() -> kernel.rawMalloc().realloc(block, 200, M_A, M_WAITOK))
                .isInstanceOf(BlockDamaged.class);
        assertThat(kernel.stats("a").inUse())
                .as("neither the old one nor the new one")
                .isEqualTo(1);
        kernel.unload(owner);
        assertThat(kernel.damages).extracting(Damage::offset).containsExactly(100L, 111L);
    }

    @Test
    void accessToTheRestOfThePageIsCaught() {
        long block = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
        assertThat(hit(() -> kernel.rawMemory().getByte(block + 100)).kind()).isEqualTo(Kind.OVERRUN);
        assertThat(hit(() -> kernel.rawMemory().getLong(block + 93)).kind()).isEqualTo(Kind.OVERRUN);
        assertThat(hit(() -> kernel.rawMemory().getByte(block - 1)).kind()).isEqualTo(Kind.UNDERRUN);
        assertThat(hit(() -> kernel.rawMemory().fill(block + 50, 51, (byte) 1)).kind())
                .isEqualTo(Kind.OVERRUN);
        assertThat(kernel.rawMemory().getLong(block + 92)).isZero();
        kernel.rawMalloc().free(block, M_A);
    }

    @Test
    void accessToAFreedBlockIsAHitWithTheFree() {
        long block = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
        kernel.rawMalloc().free(block, M_A);
        GuardHit hit = hit(() -> kernel.rawMemory().putInt(block + 4, 1));
        assertThat(hit.kind()).isEqualTo(Kind.USE_AFTER_FREE);
        assertThat(hit.offset()).isEqualTo(4);
        assertThat(requireNonNull(hit.block()).freed().getFirst())
                .contains(".accessToAFreedBlockIsAHitWithTheFree(MemGuardTest.java:");
        assertThat(hit.block().allocated().getFirst()).startsWith(MemGuardTest.class.getName() + ".");
    }

    /** If the method is compiled as a whole, the fence is the only safepoint poll between the access and the caller. */
    @Test
    void compiledCodeGetsEachGuardHitAtItsAccess() {
        long live = kernel.rawMalloc().malloc(PAGE, M_A, M_WAITOK);
        long stale = kernel.rawMalloc().malloc(PAGE, M_A, M_WAITOK);
        kernel.rawMalloc().free(stale, M_A);
        int hits = 0;
        for (int round = 0; round < 10; round++) {
            hits += hitsOf(live, stale, 10_000);
        }
        assertThat(hits).isEqualTo(10_000);
        kernel.rawMalloc().free(live, M_A);
    }

    private int hitsOf(long live, long stale, int accesses) {
        int hits = 0;
        for (int i = 0; i < accesses; i++) {
            try {
                sum += kernel.rawMemory().getLong(i % 10 == 9 ? stale : live);
            } catch (GuardHit hit) {
                hits++;
            }
        }
        return hits;
    }

    @Test
    void copyOrFillBeyondABlockIsAGuardHit() {
        long from = kernel.rawMalloc().malloc(PAGE, M_A, M_WAITOK);
        long to = kernel.rawMalloc().malloc(PAGE, M_A, M_WAITOK);
        long plain = kernel.rawMalloc().malloc(2 * PAGE, M_B, M_WAITOK);
        kernel.rawMemory().fill(from, PAGE, (byte) 7);
        kernel.rawMemory().copy(from, to, PAGE);
        assertThat(kernel.rawMemory().getLong(to + PAGE - 8)).isEqualTo(0x0707070707070707L);
        GuardHit read = hit(() -> kernel.rawMemory().copy(from, plain, PAGE + 1));
        assertThat(requireNonNull(read.block()).address()).isEqualTo(from);
        GuardHit written = hit(() -> kernel.rawMemory().copy(plain, to - 1, 2));
        assertThat(requireNonNull(written.block()).address()).isEqualTo(to);
        assertThat(written.kind()).isEqualTo(Kind.UNDERRUN);
        assertThat(hit(() -> kernel.rawMemory().fill(to, PAGE + 1, (byte) 0)).kind())
                .isEqualTo(Kind.OVERRUN);
        kernel.rawMemory().copy(plain, to, PAGE);
        kernel.rawMalloc().free(from, M_A);
        kernel.rawMalloc().free(to, M_A);
        kernel.rawMalloc().free(plain, M_B);
    }

    @Test
    void explainFindsTheBlockOfABoundsException() {
        MemorySegment block = malloc(100);
        block.set(JAVA_BYTE, 99, (byte) 1);
        IndexOutOfBoundsException behind =
                catchThrowableOfType(IndexOutOfBoundsException.class, () -> block.get(JAVA_BYTE, 100));
        GuardHit hit = requireNonNull(kernel.rawMemory().explain(requireNonNull(behind.getMessage())));
        assertThat(hit.kind()).isEqualTo(Kind.OVERRUN);
        assertThat(hit.offset()).isEqualTo(100);
        IndexOutOfBoundsException before =
                catchThrowableOfType(IndexOutOfBoundsException.class, () -> block.get(JAVA_LONG, -8));
        assertThat(requireNonNull(kernel.rawMemory().explain(requireNonNull(before.getMessage())))
                        .kind())
                .isEqualTo(Kind.UNDERRUN);
        assertThat(kernel.rawMemory().explain("nothing to see")).isNull();
        assertThat(kernel.rawMemory().explain(block.address(), 100)).isNull();
        kernel.malloc().free(block, M_A);
    }

    @Test
    void aStaleSegmentHasNoScopeAnyMore() {
        MemorySegment block = malloc(100);
        MemorySegment other = malloc(100);
        kernel.malloc().free(block, M_A);
        kernel.guard.settle();
        assertThatThrownBy(() -> block.get(JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Already closed");
        assertThat(requireNonNull(kernel.rawMemory().explain(block.address(), 1))
                        .kind())
                .isEqualTo(Kind.USE_AFTER_FREE);
        other.set(JAVA_BYTE, 0, (byte) 1);
        kernel.malloc().free(other, M_A);
    }

    /** If a segment stayed alive, an access after the kernel's stop would reach memory that is not mapped any more. */
    @Test
    void theKernelsStopEndsTheSegmentsOfFreedBlocksToo() {
        List<MemorySegment> stale = new ArrayList<>();
        for (int i = 0; i < 900; i++) {
            stale.add(malloc(100));
        }
        stale.forEach(block -> kernel.malloc().free(block, M_A));
        kernel.close();
        assertThat(stale).noneMatch(block -> block.scope().isAlive());
    }

    @Test
    void accessPartlyOutsideABlockWritesNothing() {
        MemorySegment below = malloc(9 * PAGE);
        MemorySegment block = malloc(1000);
        MemorySegment source = malloc(5000);
        source.fill((byte) 0x33);
        long end = block.address() + 1000;
        long from = source.address();
        List<ThrowingCallable> accesses = List.of(
                () -> kernel.rawMemory().fill(end, 16, (byte) 0x55),
                () -> kernel.rawMemory().fill(end - 8, 24, (byte) 0x55),
                () -> kernel.rawMemory().fill(block.address() - 24, 32, (byte) 0x55),
                () -> kernel.rawMemory().fill(block.address() - 8 * PAGE, 9 * PAGE, (byte) 0x55),
                () -> kernel.rawMemory().copy(from, end - 8, 24),
                () -> kernel.rawMemory().copy(from, block.address() - 5, 10),
                () -> kernel.rawMemory().copy(from + 4990, block.address(), 5000),
                () -> kernel.rawMemory().putLong(end - 1, -1),
                () -> kernel.rawMemory().putLong(end + 5, -1),
                () -> kernel.rawMemory().putInt(end - 3, -1),
                () -> kernel.rawMemory().putShort(end - 1, (short) -1),
                () -> kernel.rawMemory().putLong(block.address() - 4, -1));
        for (ThrowingCallable access : accesses) {
            assertThatThrownBy(access).isInstanceOf(GuardHit.class);
        }
        assertThat(block.toArray(JAVA_BYTE)).containsOnly(0);
        assertThat(below.toArray(JAVA_BYTE)).containsOnly(0);
        kernel.malloc().free(below, M_A);
        kernel.malloc().free(block, M_A);
        kernel.malloc().free(source, M_A);
        assertThat(kernel.damages).isEmpty();
    }

    @Test
    void aDoubleFreeHasFreeBsdsMessage() {
        MemorySegment block = malloc(100);
        long address = block.address();
        kernel.malloc().free(block, M_A);
        String said = "MemGuard detected double-free of 0x" + Long.toHexString(address) + ": [a-z_]+: block 0x"
                + Long.toHexString(address)
                + " of 100 bytes of type 'a' of driver 1 \\(7\\) is free already \\(freed again under type 'a' of driver 1"
                + " \\(7\\)\\); allocated by thread .*, freed by thread .*\nAllocation backtrace:\n(#\\d+ .*\n)+"
                + "Free backtrace:\n#0 dev.malloc9.malloc.MemGuardTest.aDoubleFree.*\\(MemGuardTest.java:[0-9]+\\)(\n#\\d+ .*)*";
        kernel.guard.settle();
        assertThatThrownBy(() -> kernel.malloc().free(block, M_A))
                .isInstanceOfSatisfying(InvalidFree.class, e -> {
                    assertThat(e.reason()).isEqualTo(Reason.DOUBLE_FREE);
                    assertThat(e.address()).isEqualTo(address);
                })
                .hasMessageMatching(said);
        assertThatThrownBy(() -> kernel.rawMalloc().free(address, M_A)).hasMessageMatching(said);
        assertThatThrownBy(() -> kernel.rawMalloc().realloc(address, 10, M_A, M_WAITOK))
                .hasMessageMatching(said);
        assertThatThrownBy(() -> kernel.rawMalloc().zfree(address, M_A)).hasMessageMatching(said);
        assertThatThrownBy(() -> kernel.rawMalloc().usableSize(address, M_A)).hasMessageMatching(said);
        assertThat(kernel.stats("a").frees()).isEqualTo(1);
        assertThat(knob("blocks")).isZero();
    }

    @Test
    void otherWrongFreesAreRefused() {
        MemorySegment block = malloc(100);
        long address = block.address();
        assertReason(Reason.INTERIOR, () -> kernel.rawMalloc().free(address + 16, M_A));
        assertReason(Reason.INTERIOR, () -> kernel.malloc().free(block.asSlice(1), M_A));
        assertReason(Reason.WRONG_TYPE, () -> kernel.malloc().free(block, M_B));
        assertReason(Reason.FOREIGN, () -> kernel.rawMalloc().free(knob("maplimit") - PAGE, M_A));
        assertReason(
                Reason.LONGER_VIEW,
                () -> kernel.malloc().free(MemorySegment.ofAddress(address).reinterpret(101), M_A));
        assertThat(kernel.stats("a").inUse()).isEqualTo(1);
        kernel.malloc().free(block, M_A);
        assertThat(kernel.stats("a").inUse()).isZero();
    }

    @Test
    void usableSizeIsTheRequestedSize() {
        MemorySegment block = malloc(100);
        assertThat(kernel.malloc().usableSize(block, M_A)).isEqualTo(100);
        kernel.malloc().zfree(block, M_A);
        assertThat(kernel.stats("a").inUse()).isZero();
    }

    @Test
    void newBlockReadsAsZero() {
        for (int round = 0; round < 100; round++) {
            MemorySegment block = kernel.malloc().malloc(3000, M_A, M_WAITOK | M_ZERO);
            assertThat(block.toArray(JAVA_BYTE)).containsOnly(0);
            block.fill((byte) 0x5a);
            kernel.malloc().free(block, M_A);
        }
    }

    @Test
    void anAlignedRequestIsAligned() {
        for (int shift = 0; shift <= 12; shift++) {
            MemorySegment block = kernel.malloc().mallocAligned(10, 1 << shift, M_A, M_WAITOK);
            assertThat(block.address() & ((1 << shift) - 1)).isZero();
            assertThat(isGuarded(block.address())).isTrue();
            kernel.malloc().free(block, M_A);
        }
    }

    @Test
    void mallocInAFullGuardMapReturnsAPlainBlock() {
        for (int i = 0; i < Subsystem.GUARDED_BLOCKS; i++) {
            assertThat(isGuarded(requireNonNull(kernel.malloc().malloc(1, M_A, M_NOWAIT))
                            .address()))
                    .isTrue();
        }
        assertThat(isGuarded(malloc(1).address())).isFalse();
        assertThat(knob("fail_kva")).isEqualTo(1);
        kernel.unload(owner);
        assertThat(kernel.leaks.getFirst().allocations()).isEqualTo(Subsystem.GUARDED_BLOCKS + 1);
        assertThat(knob("blocks")).isZero();
    }

    @Test
    void aStopTakesGuardedBlocksBack() {
        MemorySegment block = malloc(100);
        long raw = kernel.rawMalloc().malloc(5000, M_A, M_WAITOK);
        kernel.unload(owner);
        assertThat(kernel.leaks.getFirst().blocks())
                .containsExactly(new LeakReport.Blocks(128, 1), new LeakReport.Blocks(8192, 1));
        assertThat(kernel.notes).contains(Messages.guardedLeft(owner.module(), 2));
        kernel.guard.settle();
        assertThatThrownBy(() -> block.get(JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        assertThat(hit(() -> kernel.rawMemory().getByte(raw)).kind()).isEqualTo(Kind.USE_AFTER_FREE);
        assertThat(knob("blocks")).isZero();
        assertThat(knob("mapused")).isZero();
    }

    @Test
    void stopTakesBackBlocksThatAreNotCounted() {
        MemorySegment block = malloc(100);
        kernel.subsystem.accounting().freed(M_A, 128);
        kernel.unload(owner);
        kernel.guard.settle();
        assertThat(block.scope().isAlive()).isFalse();
        assertThat(knob("blocks")).isZero();
    }

    @Test
    void guardHitWithoutTypesIsUnattributed() {
        kernel.unload(owner);
        GuardHit hit = hit(() -> kernel.rawMemory().getByte(knob("mapstart")));
        assertThat(hit.kind()).isEqualTo(Kind.UNATTRIBUTED);
        assertThat(kernel.panics).containsExactly(hit);
        assertThat(kernel.panicked).containsExactly(owner.module());
    }

    @Test
    void blockInAFullGuardMapGetsTheLevelOfItsType() {
        kernel.subsystem.operator().level(owner.module(), "a", Level.I);
        MemorySegment guarded = malloc(100);
        for (int i = 1; i < Subsystem.GUARDED_BLOCKS; i++) {
            malloc(1);
        }
        kernel.subsystem.operator().profile(true);
        kernel.subsystem.operator().limit(owner.module(), "a", 0, 1 << 20);
        assertThat(isArmoured(malloc(10))).isTrue();
        assertThat(kernel.subsystem.operator().profile())
                .contains(String.format(Locale.ROOT, "%6d%28d%11d", 16, 1, 16));
        assertThat(isArmoured(kernel.malloc().realloc(guarded, 200, M_A, M_WAITOK)))
                .isTrue();
        assertThat(kernel.subsystem.operator().limits(owner.module(), "a").used())
                .isEqualTo(kernel.stats("a").bytesInUse());
        assertThat(kernel.stats("a").inUse()).isEqualTo(Subsystem.GUARDED_BLOCKS + 1);
    }

    @Test
    void atLevelGABlockOfNoBytesIsArmoured() {
        kernel.subsystem.operator().level(Level.G);
        assertThat(isArmoured(malloc(0))).isTrue();
    }

    private boolean isArmoured(MemorySegment block) {
        return !isGuarded(block.address()) && kernel.malloc().usableSize(block, M_A) == block.byteSize();
    }

    @Test
    void blockWithoutARecordIsAPlainOne() {
        kernel.map.failPoints().points(Set.of(FailPoints.Step.RECORD));
        kernel.map.failPoints().failAt(1);
        MemorySegment plain = malloc(100);
        assertThat(isGuarded(plain.address())).isFalse();
        assertThat(kernel.map.failPoints().failures()).isEqualTo(1);
        assertThat(knob("blocks")).isZero();
        assertThat(knob("mapused")).isZero();
        assertThat(knob("wasted")).isZero();
        assertThat(knob("numalloc")).isZero();
        assertThat(isGuarded(malloc(100).address())).isTrue();
    }

    @Test
    void blockThatWasNotHandedOutIsNotRemembered() {
        GuardedBlock block = requireNonNull(
                kernel.guard.allocate(new GuardRequest(100, 128, true, false, 1, "a", owner.module(), null)));
        assertThat(kernel.guard.find(block.address())).isSameAs(block);
        kernel.guard.release(block);
        assertThat(kernel.guard.find(block.address())).isNull();
        assertThat(kernel.guard.unattributed("a test").candidates()).isEmpty();
        assertThat(knob("blocks")).isZero();
        assertThat(knob("numalloc")).isZero();
    }

    @Test
    void withoutHeapAFreeAndAReallocChangeNothing() {
        AtomicBoolean full = new AtomicBoolean();
        Subsystem poor = new Subsystem() {
            @Override
            public @Nullable ModuleId moduleOf(Class<?> type) {
                if (full.getAndSet(false)) {
                    throw new OutOfMemoryError("test");
                }
                return null;
            }
        };
        try (poor) {
            poor.load("driver", M_C);
            poor.sysctl().writeText("vm.memguard.desc", "c");
            MemorySegment block = poor.malloc().malloc(100, M_C, M_WAITOK);
            full.set(true);
            assertThatThrownBy(() -> new Freer().free(poor, block)).isInstanceOf(OutOfMemoryError.class);
            full.set(true);
            assertThatThrownBy(() -> new Mover().realloc(poor, block)).isInstanceOf(OutOfMemoryError.class);
            assertThat(poor.stats("c").inUse()).isEqualTo(1);
            assertThat(poor.stats("c").bytesInUse()).isEqualTo(128);
            new Freer().free(poor, new Mover().realloc(poor, block));
            assertThat(poor.stats("c").inUse()).isZero();
            assertThat(poor.sysctl().readText("vm.memguard.blocks")).isEqualTo("0");
        }
    }

    /** A class with a call site of free that has not been recorded before. */
    private static final class Freer {
        void free(Subsystem kernel, MemorySegment block) {
            kernel.malloc().free(block, M_C);
        }
    }

    /** A class with a call site of realloc that has not been recorded before. */
    private static final class Mover {
        MemorySegment realloc(Subsystem kernel, MemorySegment block) {
            return kernel.malloc().realloc(block, 200, M_C, M_WAITOK);
        }
    }

    @Test
    void impossibleAddressIsExplained() {
        long block = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
        assertThat(kernel.rawMemory().explain(Long.MIN_VALUE + 1, 1)).isNull();
        assertThat(kernel.rawMemory().explain(-1, 1)).isNull();
        assertThat(kernel.rawMemory().explain(Long.MAX_VALUE, 1)).isNull();
        assertThat(requireNonNull(kernel.rawMemory().explain(block, Long.MAX_VALUE))
                        .kind())
                .isEqualTo(Kind.OVERRUN);
        assertThat(requireNonNull(kernel.rawMemory().explain(block + 99, Long.MAX_VALUE))
                        .kind())
                .isEqualTo(Kind.OVERRUN);
        kernel.rawMalloc().free(block, M_A);
    }

    /** The receiver of a note may allocate and may find damage. Recording the suspects of that damage changes settings. */
    @Test
    void reportsToTheOperatorHoldNoLock() {
        Subsystem told = new Subsystem() {
            @Override
            public void note(String line) {
                super.note(line);
                CompletableFuture.runAsync(() -> subsystem.operator().profile(true))
                        .orTimeout(10, TimeUnit.SECONDS)
                        .join();
            }
        };
        try (told) {
            told.sysctl().writeText("vm.memguard.desc", "c");
            assertThat(told.notes).hasSize(4);
        }
    }

    @Test
    void limitsCountGuardedBlocks() {
        kernel.subsystem.operator().limit(owner.module(), "a", 0, 200);
        MemorySegment block = malloc(100);
        assertThat(kernel.malloc().malloc(100, M_A, M_NOWAIT)).isNull();
        kernel.malloc().free(block, M_A);
        MemorySegment next = kernel.malloc().malloc(100, M_A, M_NOWAIT);
        assertThat(next).isNotNull();
        kernel.malloc().free(next, M_A);
    }

    /** The JVM may deliver the error earlier, in the code of the segment, where the kernel cannot attribute it. */
    @Test
    void aFaultSomewhereElseIsUnattributedAndHasCandidates() {
        long block = kernel.rawMalloc().malloc(100, M_A, M_WAITOK);
        kernel.rawMalloc().free(block, M_A);
        MemorySegment stray = MemorySegment.ofAddress(block).reinterpret(1);
        Throwable thrown = catchThrowable(() -> {
            stray.set(JAVA_BYTE, 0, (byte) 1);
            kernel.rawMemory().fence();
        });
        GuardHit hit = thrown instanceof GuardHit delivered ? delivered : kernel.guard.unattributed("a fence");
        assertThat(thrown).isInstanceOfAny(GuardHit.class, InternalError.class);
        assertThat(hit.kind()).isEqualTo(Kind.UNATTRIBUTED);
        assertThat(hit.candidates()).extracting(GuardHit.Block::address).containsExactly(block);
        assertThat(hit)
                .hasMessage("MemGuard: unattributed: a fault in an access before a fence, candidates: block 0x"
                        + Long.toHexString(block) + " of 100 bytes of type 'a' of driver 1 (7)");
        kernel.rawMemory().fence();
    }

    @Test
    void rawMemoryRefusesAddressesOutsideTheKernel() {
        assertThatThrownBy(() -> kernel.rawMemory().getByte(16))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("read of 1 byte at 0x10: no memory of this kernel");
        assertThatThrownBy(() -> kernel.rawMemory().fill(kernel.map.base() + kernel.map.size() - 1, 2, (byte) 0))
                .isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> kernel.rawMemory().fill(kernel.map.base(), -1, (byte) 0))
                .isInstanceOf(InvalidRequest.class)
                .hasMessage("fill of -1 bytes: negative");
        long base = kernel.map.base();
        kernel.close();
        assertThatThrownBy(() -> kernel.rawMemory().getByte(base))
                .isInstanceOf(UnregisteredType.class)
                .hasMessage("read: the kernel has stopped");
    }

    @Test
    void levelGGuardsWithAnyKnobs() {
        kernel.sysctl().writeText("vm.memguard.desc", "");
        assertThat(isGuarded(malloc(1).address())).isFalse();
        kernel.subsystem.operator().level(owner.module(), "b", Level.G);
        assertThat(isGuarded(malloc(1).address())).isFalse();
        assertThat(isGuarded(kernel.malloc().malloc(1, M_B, M_WAITOK).address()))
                .isTrue();
        kernel.subsystem.operator().level(Level.G);
        assertThat(isGuarded(malloc(1).address())).isTrue();
        kernel.subsystem.operator().level(Level.R);
        assertThat(isGuarded(malloc(1).address())).isFalse();
    }

    @Test
    void levelGReservesTheGuardMap() {
        try (Subsystem other = new Subsystem()) {
            Owner loaded = other.load("other", Subsystem.M_C);
            other.subsystem.operator().level(loaded.module(), Level.G);
            assertThat(other.notes).hasSize(4);
            assertThat(other.guard.owns(
                            other.malloc().malloc(1, Subsystem.M_C, M_WAITOK).address()))
                    .isTrue();
        }
    }

    @Test
    void blocksAreFreedAfterAChangeOfDesc() {
        MemorySegment guarded = malloc(100);
        kernel.sysctl().writeText("vm.memguard.desc", "b");
        MemorySegment plain = malloc(100);
        assertThat(isGuarded(plain.address())).isFalse();
        assertThat(isGuarded(kernel.malloc().malloc(16, M_B, M_WAITOK).address()))
                .isTrue();
        kernel.malloc().free(guarded, M_A);
        kernel.malloc().free(plain, M_A);
        assertThat(kernel.stats("a").inUse()).isZero();
        assertThat(kernel.stats("a").bytesInUse()).isZero();
    }

    private MemorySegment malloc(long bytes) {
        return kernel.malloc().malloc(bytes, M_A, M_WAITOK);
    }

    private boolean isGuarded(long address) {
        return kernel.guard.owns(address);
    }

    private long knob(String name) {
        return Long.parseLong(kernel.sysctl().readText("vm.memguard." + name));
    }

    private static void assertReason(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidFree.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static GuardHit hit(ThrowingCallable access) {
        return catchThrowableOfType(GuardHit.class, access);
    }
}
