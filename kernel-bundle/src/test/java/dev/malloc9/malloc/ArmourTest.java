package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.Damage;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.account.ZoneSets;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.FailPoints;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests level I: trash, quarantine, scans, and blocks that outlive a change of level. */
class ArmourTest {

    private final Subsystem kernel = new Subsystem();
    private final MallocOperator operator = kernel.subsystem.operator();
    private final Owner owner = kernel.load("driver", M_A, M_B);

    @AfterEach
    void stop() {
        kernel.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 10, 100, 4096, 65_000, 70_000, 300_000})
    void blockIsFreedAtTheLevelOfItsAllocation(long bytes) {
        List<MemorySegment> blocks = new ArrayList<>();
        for (Level level : List.of(Level.R, Level.I, Level.R, Level.I)) {
            operator.level(owner.module(), "a", level);
            blocks.add(kernel.malloc().malloc(bytes, M_A, M_WAITOK));
            blocks.add(kernel.malloc().malloc(bytes, M_A, M_WAITOK));
        }
        assertThat(kernel.stats("a").inUse()).isEqualTo(8);
        for (int i = 0; i < 4; i++) {
            kernel.malloc().free(blocks.get(i), M_A);
        }
        operator.level(owner.module(), "a", Level.R);
        for (int i = 4; i < 8; i++) {
            MemorySegment block = blocks.get(i);
            block.fill((byte) 7);
            MemorySegment moved = kernel.malloc().realloc(block, bytes / 2, M_A, M_WAITOK);
            for (long at = 0; at < bytes / 2; at++) {
                assertThat(moved.get(ValueLayout.JAVA_BYTE, at)).isEqualTo((byte) 7);
            }
            kernel.malloc().free(moved, M_A);
        }
        assertThat(kernel.stats("a").inUse()).isZero();
        assertThat(kernel.stats("a").bytesInUse()).isZero();
        assertThat(kernel.damages).isEmpty();
        assertThat(operator.limits(owner.module()).used()).isZero();
    }

    @Test
    void highestLevelOfKernelModuleAndTypeIsUsed() {
        assertThat(isArmoured()).isFalse();
        operator.level(owner.module(), "a", Level.I);
        assertThat(isArmoured()).isTrue();
        operator.level(owner.module(), "a", Level.R);
        operator.level(owner.module(), Level.I);
        assertThat(isArmoured()).isTrue();
        operator.level(owner.module(), Level.R);
        operator.level(Level.I);
        assertThat(isArmoured()).isTrue();
        assertThat(kernel.sysctl().readText("debug.malloc.level")).isEqualTo("I");
        kernel.sysctl().writeText("debug.malloc.level", "R");
        assertThat(operator.level()).isEqualTo(Level.R);
        assertThat(isArmoured()).isFalse();
    }

    @Test
    void freeAtLevelRCreditsTheWholeCheckedBlock() {
        operator.limit(owner.module(), "a", 0, 1 << 20);
        operator.level(Level.I);
        MemorySegment block = kernel.malloc().malloc(10, M_A, M_WAITOK);
        assertThat(operator.limits(owner.module(), "a").used())
                .isEqualTo(kernel.stats("a").bytesInUse())
                .isEqualTo(512);
        operator.level(Level.R);
        kernel.malloc().free(block, M_A);
        assertThat(operator.limits(owner.module(), "a").used()).isZero();
        assertThat(kernel.stats("a").bytesInUse()).isZero();
    }

    @Test
    void writeAfterFreeIsReportedAtTheEndOfQuarantine() {
        operator.level(Level.I);
        long block = malloc(100);
        kernel.rawMalloc().free(block, M_A);
        write(block + 40, (byte) 0x11);
        write(block + 42, (byte) 0x12);
        assertThat(kernel.damages).isEmpty();
        kernel.sysctl().writeText("vm.malloc.quarantine", "0");
        long item = block - 256;
        assertThat(kernel.damages).singleElement().satisfies(damage -> {
            assertThat(damage.kind()).isEqualTo(Damage.Kind.AFTER_FREE);
            assertThat(damage.address()).isEqualTo(block);
            assertThat(damage.offset()).isEqualTo(40);
            assertThat(damage.bytes()).isEqualTo(2);
            assertThat(damage.size()).isEqualTo(100);
            assertThat(damage.type()).isEqualTo("a");
            assertThat(damage.owner()).isEqualTo(owner.module());
            assertThat(damage.report().subList(0, 3))
                    .containsExactly(
                            "Memory modified after free 0x" + Long.toHexString(item) + "(512) val=de12c011 @ 0x"
                                    + Long.toHexString(block + 40),
                            "Most recently used by a",
                            "Allocation backtrace:");
            assertThat(damage.report()).contains("Free backtrace:");
        });
    }

    @Test
    void writeAfterTheQuarantineIsReportedAtReuse() {
        kernel.sysctl().writeText("vm.malloc.quarantine", "0");
        operator.level(Level.I);
        long block = malloc(100);
        kernel.rawMalloc().free(block, M_A);
        write(block + 3, (byte) 1);
        kernel.subsystem.operator().verify();
        kernel.damages.clear();
        write(block + 4, (byte) 1);
        reuse(block);
        assertThat(kernel.damages).singleElement().satisfies(damage -> {
            assertThat(damage.kind()).isEqualTo(Damage.Kind.AFTER_FREE);
            assertThat(damage.offset()).isEqualTo(3);
            assertThat(damage.bytes()).isEqualTo(2);
        });
    }

    @Test
    void contentOfAPlainTypeIsNotReportedAsDamage() {
        kernel.sysctl().writeText("vm.malloc.quarantine", "0");
        operator.level(owner.module(), "a", Level.I);
        long block = malloc(100);
        kernel.rawMalloc().free(block, M_A);
        List<Long> plain = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            long address = kernel.rawMalloc().malloc(512, M_B, M_WAITOK);
            MemorySegment.ofAddress(address).reinterpret(512).fill((byte) 9);
            plain.add(address);
        }
        assertThat(plain).contains(block - 256);
        assertThat(operator.verify()).isEmpty();
        plain.forEach(address -> kernel.rawMalloc().free(address, M_B));
        reuse(block);
        assertThat(kernel.damages).isEmpty();
    }

    @Test
    void trimmedPageIsNotReportedAsDamage() {
        kernel.sysctl().writeText("vm.malloc.quarantine", "0");
        operator.level(owner.module(), "a", Level.I);
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            blocks.add(malloc(3000));
        }
        for (int i = 1; i < 500; i++) {
            kernel.rawMalloc().free(blocks.get(i), M_A);
        }
        operator.trim();
        assertThat(operator.verify()).isEmpty();
        for (int i = 1; i < 500; i++) {
            malloc(3000);
        }
        assertThat(kernel.damages).isEmpty();
    }

    @Test
    void freshMemoryNeverShowsFormerContent() {
        operator.level(owner.module(), "b", Level.I);
        for (int i = 0; i < 200; i++) {
            MemorySegment block = kernel.malloc().malloc(700, M_A, M_WAITOK);
            block.fill((byte) 's');
            kernel.malloc().free(block, M_A);
        }
        for (int i = 0; i < 200; i++) {
            MemorySegment block = kernel.malloc().malloc(700, M_B, M_WAITOK);
            for (int at = 0; at < 700; at++) {
                assertThat(block.get(ValueLayout.JAVA_BYTE, at)).isEqualTo((byte) 0x70);
            }
            block.fill((byte) 'q');
            kernel.malloc().free(block, M_B);
        }
        kernel.sysctl().writeText("vm.malloc.quarantine", "0");
        for (int i = 0; i < 1000; i++) {
            MemorySegment block = kernel.malloc().malloc(2048, M_A, M_WAITOK);
            assertThat(block.toArray(ValueLayout.JAVA_BYTE)).doesNotContain((byte) 'q');
        }
    }

    @Test
    void quarantineKeepsAtMostItsLimit() {
        kernel.sysctl().writeText("vm.malloc.quarantine", "4096");
        operator.level(Level.I);
        List<Long> freed = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            long block = malloc(10);
            freed.add(block);
            kernel.rawMalloc().free(block, M_A);
        }
        assertThat(freed.subList(0, 9)).as("nine of 512 do not fit into 4096").doesNotHaveDuplicates();
        for (long block : freed.subList(12, 20)) {
            assertThatThrownBy(() -> kernel.rawMalloc().free(block, M_A))
                    .isInstanceOfSatisfying(
                            InvalidFree.class, e -> assertThat(e.reason()).isEqualTo(InvalidFree.Reason.DOUBLE_FREE));
        }
        assertThat(kernel.stats("a").inUse()).isZero();
    }

    @Test
    void aDoubleFreeInQuarantineNamesBothStacks() {
        operator.level(Level.I);
        long block = malloc(100);
        kernel.rawMalloc().free(block, M_A);
        assertThatThrownBy(() -> kernel.rawMalloc().free(block, M_B)).isInstanceOfSatisfying(InvalidFree.class, e -> {
            assertThat(e.reason()).isEqualTo(InvalidFree.Reason.DOUBLE_FREE);
            assertThat(e.address()).isEqualTo(block);
            assertThat(requireNonNull(e.getMessage()).lines().toList())
                    .startsWith(
                            "free: block 0x" + Long.toHexString(block)
                                    + " of 100 bytes of type 'a' of driver 1 (7) is free already (freed again under type 'b'"
                                    + " of driver 1 (7)); allocated by thread main, freed by thread main",
                            "Allocation backtrace:")
                    .anyMatch(line -> line.contains("ArmourTest.malloc"))
                    .contains("Free backtrace:")
                    .anyMatch(line -> line.contains("ArmourTest.aDoubleFreeInQuarantine"));
        });
        assertThat(kernel.panics).hasSize(1);
        assertThat(kernel.stats("a").frees()).isEqualTo(1);
    }

    @Test
    void scansReportDamageOnceAndFreeReportsItAgain() {
        operator.level(Level.I);
        long block = malloc(100);
        long freed = malloc(50);
        kernel.rawMalloc().free(freed, M_A);
        assertThat(operator.verify()).isEmpty();
        write(block + 102, (byte) 0);
        write(freed + 1, (byte) 0);
        assertThat(operator.verify())
                .extracting(Damage::kind, Damage::address, Damage::offset, Damage::bytes)
                .containsExactlyInAnyOrder(
                        Tuple.tuple(Damage.Kind.OVERFLOW, block, 102L, 1L),
                        Tuple.tuple(Damage.Kind.AFTER_FREE, freed, 1L, 1L));
        assertThat(kernel.damages).hasSize(2);
        assertThat(operator.verify()).hasSize(2);
        assertThat(kernel.damages).hasSize(2);
        kernel.rawMalloc().free(block, M_A);
        assertThat(kernel.damages).hasSize(3);
    }

    @Test
    void aFullMapEmptiesTheQuarantine() {
        kernel.sysctl().writeText("vm.malloc.quarantine", "16m");
        operator.level(Level.I);
        for (int i = 0; i < 200; i++) {
            MemorySegment block = kernel.malloc().malloc(1_000_000, M_A, M_WAITOK);
            kernel.malloc().free(block, M_A);
        }
        assertThat(kernel.stats("a").allocs()).isEqualTo(200);
        assertThat(kernel.failures).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"item", "run", "contiguous", "of a zone", "of a zone, waiting"})
    void quarantineServesARequestWithoutMemory(String what) {
        try (Subsystem full = new Subsystem(2 << 20)) {
            Owner driver = full.load("driver", M_A, M_B);
            Zone zone = full.zones().zcreate(ZoneRequest.of("things", 1000, M_B));
            full.sysctl().writeText("vm.malloc.quarantine", "16m");
            full.subsystem.operator().level(driver.module(), "a", Level.I);
            full.rawMalloc().free(full.rawMalloc().malloc(2_090_000, M_A, M_NOWAIT), M_A);
            assertThat(full.map.used()).as("the whole map").isEqualTo(2 << 20);
            Object served = switch (what) {
                case "item" -> full.malloc().malloc(100, M_B, M_NOWAIT);
                case "run" -> full.malloc().malloc(100_000, M_B, M_NOWAIT);
                case "contiguous" -> full.malloc().contigmalloc(8192, M_B, M_NOWAIT, 0, Long.MAX_VALUE, 4096, 0);
                case "of a zone" -> zone.zalloc(M_NOWAIT);
                default -> zone.zalloc(M_WAITOK);
            };
            assertThat(served).isNotNull();
        }
    }

    @Test
    void blockLargerThanTheQuarantineEvictsNoOther() {
        operator.level(Level.I);
        long small = malloc(100);
        kernel.rawMalloc().free(small, M_A);
        long used = kernel.map.used();
        kernel.rawMalloc().free(malloc(2 << 20), M_A);
        assertThat(kernel.map.used()).isEqualTo(used);
        long item = small - 256;
        assertThat(kernel.subsystem.statistics().whatis(item).place()).isEqualTo(AddressInfo.Place.QUARANTINE);
    }

    @Test
    void checkedBlocksKeepTheRequestedAlignment() {
        operator.level(Level.I);
        for (SizeClasses classes : List.of(SizeClasses.BSD, SizeClasses.PAGES, SizeClasses.FINE)) {
            try (Subsystem other = new Subsystem(16L << 20, classes, ZoneSets.ONE)) {
                other.load("driver", M_A);
                other.subsystem.operator().level(Level.I);
                for (long size = 1; size <= 4096; size = size * 3 / 2 + 1) {
                    for (long alignment = 1; alignment <= 4096; alignment *= 2) {
                        long block = other.rawMalloc().mallocAligned(size, alignment, M_A, M_WAITOK);
                        assertThat(block & (alignment - 1)).isZero();
                        other.rawMalloc().free(block, M_A);
                    }
                }
                for (long size = 16; size <= 4096; size *= 2) {
                    long block = other.rawMalloc().malloc(size, M_A, M_WAITOK);
                    assertThat(block & (size - 1)).isZero();
                    other.rawMalloc().free(block, M_A);
                }
            }
        }
    }

    @Test
    void damageToLeftBlocksIsReportedAtTheStop() {
        operator.level(Level.I);
        long block = malloc(10);
        write(block - 5, (byte) 0);
        kernel.unload(owner);
        assertThat(kernel.leaks)
                .singleElement()
                .satisfies(leak -> assertThat(leak.allocations()).isEqualTo(1));
        assertThat(kernel.damages).singleElement().satisfies(damage -> {
            assertThat(damage.kind()).isEqualTo(Damage.Kind.UNDERFLOW);
            assertThat(damage.offset()).isEqualTo(-5);
        });
    }

    /**
     * If the request waited in a critical section, a thread that waits for open sections, such as a module's stop, would wait for the limit
     * too.
     */
    @Test
    @Timeout(60)
    void waiterWithFailedRedZonesDoesNotBlockAStop() {
        try (Subsystem full = new Subsystem(2 << 20)) {
            Owner limited = full.load("limited", M_A);
            Owner stopped = full.load("stopped", M_B);
            full.subsystem.operator().level(limited.module(), "a", Level.I);
            full.subsystem.operator().limit(limited.module(), "a", 0, 300_000);
            MemorySegment left = full.malloc().malloc(16, M_B, M_WAITOK);
            MemorySegment filler = full.malloc().malloc((2 << 20) - (128 << 10), M_B, M_WAITOK);
            full.map.failPoints().points(Set.of(FailPoints.Step.RED_ZONE));
            full.map.failPoints().failAt(1);
            CompletableFuture<Long> second = new CompletableFuture<>();
            full.subsystem.lowMemory().register(() -> {
                start(full, 200_000, second);
                awaitWaiter(full, limited);
                full.malloc().free(filler, M_B);
            });
            CompletableFuture<Long> first = new CompletableFuture<>();
            start(full, 100_000, first);
            long block = second.join();
            awaitWaiter(full, limited);
            full.unload(stopped);
            assertThat(left.scope().isAlive()).isFalse();
            full.rawMalloc().free(block, M_A);
            assertThat(first.join()).isNotZero();
            assertThat(full.failures).isEmpty();
        }
    }

    private static void start(Subsystem kernel, long bytes, CompletableFuture<Long> block) {
        Thread.ofPlatform()
                .start(() -> block.completeAsync(() -> kernel.rawMalloc().malloc(bytes, M_A, M_WAITOK), Runnable::run));
    }

    private static void awaitWaiter(Subsystem kernel, Owner limited) {
        while (kernel.subsystem.operator().limits(limited.module(), "a").waiting() == 0) {
            LockSupport.parkNanos(100_000);
        }
    }

    private boolean isArmoured() {
        MemorySegment block = requireNonNull(kernel.malloc().malloc(10, M_A, M_NOWAIT));
        long bytes = kernel.stats("a").bytesInUse();
        kernel.malloc().free(block, M_A);
        return bytes == 512;
    }

    /** Allocates until the block's item is handed out again. */
    private void reuse(long block) {
        for (int i = 0; i < 1000; i++) {
            if (malloc(100) == block) {
                return;
            }
        }
        throw new AssertionError("not reused");
    }

    private long malloc(long bytes) {
        return kernel.rawMalloc().malloc(bytes, M_A, M_WAITOK);
    }

    private static void write(long address, byte value) {
        MemorySegment.ofAddress(address).reinterpret(1).set(ValueLayout.JAVA_BYTE, 0, value);
    }
}
