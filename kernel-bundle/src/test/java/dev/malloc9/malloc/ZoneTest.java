package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ALIGN_CACHE;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_CACHESPREAD;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_NOFREE;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_REFCNT;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.KernelPanic;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.zone.RefCount;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneDestroyed;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.zone.DriverZone;
import dev.malloc9.malloc.zone.ZoneAllocator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ZoneTest {

    private final Subsystem kernel = new Subsystem(8L << 20);
    private final Owner owner = kernel.load("driver", M_A);
    private final Zone zone = kernel.zones().zcreate(ZoneRequest.of("frame", 200, M_A));

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void anItemHasTheZonesSizeAndIsHandedOutOnce() {
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            MemorySegment item = zone.zalloc(M_WAITOK);
            assertThat(item.byteSize()).isEqualTo(200);
            assertThat(item.address() % 16).isZero();
            item.fill((byte) i);
            assertThat(addresses.add(item.address())).isTrue();
        }
        assertThat(stats()).isEqualTo(new ZoneStats("frame", 200, 0, 1000, stats().free(), 1000, 0, 0));
    }

    @Test
    void theItemFreedLastIsTheOneHandedOutNext() {
        MemorySegment first = zone.zalloc(M_WAITOK);
        MemorySegment second = requireNonNull(zone.zalloc(M_NOWAIT));
        zone.zfree(second);
        zone.zfree(first);
        assertThat(zone.zalloc(M_WAITOK).address()).isEqualTo(first.address());
        assertThat(zone.getCur()).isEqualTo(1);
    }

    @Test
    void pausedZoneServesOnTheSlowPath() {
        MemorySegment item = zone.zalloc(M_WAITOK);
        ZoneAllocator items = ((DriverZone) zone).items();
        items.pause();
        assertThat(items.take(false)).isZero();
        assertThat(items.give(item.address(), 200)).isFalse();
        zone.zfree(item);
        items.resume();
        assertThat(items.take(false)).isEqualTo(item.address());
    }

    @Test
    void zfreeOfNullDoesNothing() {
        zone.zfree(null);
        zone.raw().zfree(0);
        assertThat(stats().requests()).isZero();
    }

    @Test
    void itemIsZeroedIfRequested() {
        MemorySegment item = zone.zalloc(M_WAITOK);
        item.fill((byte) 1);
        zone.zfree(item);
        assertThat(zone.zalloc(M_WAITOK | M_ZERO).mismatch(MemorySegment.ofArray(new byte[200])))
                .isEqualTo(-1);
    }

    @Test
    void rawZoneSharesItemsWithTheZone() {
        long address = zone.raw().zalloc(M_NOWAIT | M_ZERO);
        assertThat(address).isNotZero();
        zone.raw().zfree(address);
        MemorySegment item = zone.zalloc(M_WAITOK);
        assertThat(item.address()).isEqualTo(address);
        zone.raw().zfree(item.address());
        assertThat(zone.getCur()).isZero();
    }

    @Test
    void wrongFlagsAreRefusedWithTheirValue() {
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> zone.zalloc(M_ZERO))
                .withMessage(
                        "Bad malloc flags: 100 (uma_zalloc takes exactly one of M_WAITOK and M_NOWAIT, and M_ZERO)");
        assertThatExceptionOfType(InvalidRequest.class).isThrownBy(() -> zone.zalloc(M_NOWAIT | M_WAITOK));
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> zone.raw().zalloc(0));
        assertThat(stats().requests()).isZero();
    }

    @Test
    void foreignAddressIsRefusedWithAReason() {
        MemorySegment item = zone.zalloc(M_WAITOK);
        long address = item.address();
        refused(
                Reason.INTERIOR,
                String.format(
                        Locale.ROOT,
                        "zone: frame of driver 1 (7) slab 0x%x freed address 0x%x unaligned, should be 0x%x",
                        address & -65536,
                        address + 16,
                        address),
                () -> zone.raw().zfree(address + 16));
        refused(Reason.INTERIOR, null, () -> zone.zfree(item.asSlice(1)));
        refused(
                Reason.LONGER_VIEW,
                String.format(
                        Locale.ROOT,
                        "uma_zfree: view of 201 bytes at 0x%x is longer than its block of 200 bytes of zone 'frame'"
                                + " of driver 1 (7), given to zone 'frame' of driver 1 (7)",
                        address),
                () -> zone.zfree(MemorySegment.ofAddress(address).reinterpret(201)));
        refused(Reason.HEAP_SEGMENT, null, () -> zone.zfree(MemorySegment.ofArray(new byte[200])));
        refused(Reason.READ_ONLY, null, () -> zone.zfree(item.asReadOnly()));
        refused(
                Reason.FOREIGN,
                "uma: Freed item 0x10 did not belong to zone frame of driver 1 (7)",
                () -> zone.raw().zfree(16));
        assertThat(zone.getCur()).isEqualTo(1);
        zone.zfree(item);
        refused(
                Reason.DOUBLE_FREE,
                String.format(Locale.ROOT, "Duplicate free of item 0x%x from zone frame of driver 1 (7)", address),
                () -> zone.zfree(item));
        assertThat(kernel.panics).hasSize(7);
        assertThat(zone.getCur()).isZero();
        zone.zfree(zone.zalloc(M_WAITOK));
    }

    @Test
    void mallocAndZonesRefuseEachOthersBlocks() {
        Zone other = kernel.zones().zcreate(ZoneRequest.of("other", 200, M_A));
        MemorySegment item = zone.zalloc(M_WAITOK);
        MemorySegment block = kernel.malloc().malloc(200, M_A, M_WAITOK);
        refused(
                Reason.WRONG_TYPE,
                String.format(
                        Locale.ROOT,
                        "uma: Freed item 0x%x did not belong to zone frame of driver 1 (7), it belongs to type 'a' of driver 1 (7)",
                        block.address()),
                () -> zone.zfree(block));
        refused(
                Reason.WRONG_ZONE,
                String.format(
                        Locale.ROOT,
                        "uma: Freed item 0x%x did not belong to zone other of driver 1 (7), it belongs to zone 'frame' of driver 1 (7)",
                        item.address()),
                () -> other.zfree(item));
        refused(
                Reason.WRONG_TYPE,
                String.format(
                        Locale.ROOT,
                        "free: block 0x%x of 208 bytes is an item of zone 'frame' of driver 1 (7), given as type 'a' of driver 1 (7)",
                        item.address()),
                () -> kernel.malloc().free(item, M_A));
        refused(
                Reason.INTERIOR,
                String.format(
                        Locale.ROOT,
                        "uma: Freed item 0x%x did not belong to zone other of driver 1 (7), it lies in the item 0x%x of 208 bytes of zone 'frame' of driver 1 (7)",
                        item.address() + 16,
                        item.address()),
                () -> other.zfree(item.asSlice(16)));
        refused(
                Reason.INTERIOR,
                String.format(
                        Locale.ROOT,
                        "uma: Freed item 0x%x did not belong to zone frame of driver 1 (7), it lies in the block 0x%x of 256 bytes of type 'a' of driver 1 (7)",
                        block.address() + 16,
                        block.address()),
                () -> zone.raw().zfree(block.address() + 16));
        kernel.malloc().free(block, M_A);
        refused(Reason.FOREIGN, null, () -> zone.zfree(block));
        zone.zfree(item);
    }

    @Test
    void itemsHaveTheAlignmentOfTheirZone() {
        for (int align : new int[] {0, 7, 63, 255, 4095, 65535, UMA_ALIGN_CACHE}) {
            Zone aligned =
                    kernel.zones().zcreate(ZoneRequest.of("aligned", 100, M_A).withAlign(align));
            for (int i = 0; i < 3; i++) {
                long mask = align == UMA_ALIGN_CACHE ? 63 : align;
                assertThat(aligned.zalloc(M_WAITOK).address() & mask).isZero();
            }
            aligned.zdestroy();
        }
    }

    @Test
    void spreadItemsStartOnAllCacheLines() {
        Zone spread = kernel.zones()
                .zcreate(ZoneRequest.of("spread", 256, M_A).withAlign(63).withFlags(UMA_ZONE_CACHESPREAD));
        Set<Long> lines = new HashSet<>();
        for (int i = 0; i < 65536 / 320; i++) {
            lines.add(spread.zalloc(M_WAITOK).address() / 64 % 64);
        }
        assertThat(lines).hasSize(64);
    }

    @Test
    void largeItemsHaveSlabsOfTheirOwn() {
        Zone large = kernel.zones().zcreate(ZoneRequest.of("large", 200_000, M_A));
        MemorySegment item = large.zalloc(M_WAITOK);
        item.set(ValueLayout.JAVA_BYTE, 199_999, (byte) 1);
        long used = kernel.subsystem.statistics().kernelMap().used();
        large.zfree(item);
        large.drain();
        assertThat(used - kernel.subsystem.statistics().kernelMap().used()).isGreaterThanOrEqualTo(4 * 65536);
    }

    @Test
    void drainReleasesUnusedMemory() {
        List<MemorySegment> items = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            items.add(zone.zalloc(M_WAITOK));
        }
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isGreaterThanOrEqualTo(16 * 65536);
        items.forEach(zone::zfree);
        assertThat(stats().free()).isGreaterThanOrEqualTo(5000);
        zone.drain();
        assertThat(stats().free()).isZero();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        zone.zfree(zone.zalloc(M_WAITOK));
        assertThat(stats().requests()).isEqualTo(5001);
    }

    @Test
    void preallocatedSlabsAreThereBeforeTheyAreNeeded() {
        zone.prealloc(1000);
        assertThat(stats().free()).isEqualTo(4 * 315);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(4 * 65536);
        zone.zfree(zone.zalloc(M_WAITOK));
        assertThat(stats().free()).isEqualTo(4 * 315);
        assertThatExceptionOfType(KernelMapExhausted.class).isThrownBy(() -> zone.prealloc(1_000_000));
        zone.drain();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @Test
    void aNoFreeZoneKeepsItsSlabsUntilItIsDestroyed() {
        Zone kept = kernel.zones().zcreate(ZoneRequest.of("kept", 1024, M_A).withFlags(UMA_ZONE_NOFREE));
        kept.zfree(kept.zalloc(M_WAITOK));
        kernel.zones().reclaim();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(65536);
        kept.zdestroy();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        assertThat(kernel.zonesNotEmpty).isEmpty();
    }

    @Test
    void aReferenceCountIsZeroInANewSlabAndStaysWithItsItem() {
        Zone counted =
                kernel.zones().zcreate(ZoneRequest.of("clusters", 2048, M_A).withFlags(UMA_ZONE_REFCNT));
        MemorySegment first = counted.zalloc(M_WAITOK);
        MemorySegment second = counted.zalloc(M_WAITOK);
        RefCount count = counted.findRefcnt(first);
        assertThat(count.get()).isZero();
        assertThat(count.add(-1)).isEqualTo(0xFFFF_FFFFL);
        assertThat(count.add(3)).isEqualTo(2);
        count.set(0x1_0000_0005L);
        assertThat(counted.findRefcnt(first).get()).isEqualTo(5);
        assertThat(counted.findRefcnt(second).get()).isZero();
        counted.zfree(first);
        assertThat(counted.zalloc(M_WAITOK).address()).isEqualTo(first.address());
        assertThat(counted.findRefcnt(first).get()).isEqualTo(5);
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> zone.findRefcnt(zone.zalloc(M_WAITOK)))
                .withMessage("uma_find_refcnt: zone 'frame' has no reference counts");
    }

    @Test
    void impossibleZoneIsRefused() {
        ZoneRequest request = ZoneRequest.of("bad", 64, M_A);
        impossible(
                ZoneRequest.of(" ", 64, M_A),
                "uma_zcreate: the name ' ' of a zone of driver 1 (7) is blank or has control characters");
        impossible(
                ZoneRequest.of("a\nb", 64, M_A),
                "uma_zcreate: the name 'a\\u000ab' of a zone of driver 1 (7) is blank or has control characters");
        impossible(ZoneRequest.of("bad", 0, M_A), "uma_zcreate: size 0 of zone 'bad' is not between 1 and 1048576");
        impossible(
                ZoneRequest.of("bad", Long.MAX_VALUE, M_A),
                "uma_zcreate: size 9223372036854775807 of zone 'bad' is not between 1 and 1048576");
        impossible(
                request.withAlign(8),
                "uma_zcreate: alignment mask 8 of zone 'bad' is no power of two less 1, up to 65535");
        impossible(
                request.withAlign(-2),
                "uma_zcreate: alignment mask -2 of zone 'bad' is no power of two less 1, up to 65535");
        impossible(request.withFlags(0x4001), "uma_zcreate: zone 'bad' has unknown flags: 4001");
        impossible(
                request.withFlags(2).withInit((item, flags) -> 0),
                "uma_zcreate: zone 'bad' has an init and UMA_ZONE_ZINIT, which is one");
        assertThatExceptionOfType(UnregisteredType.class)
                .isThrownBy(() -> kernel.zones().zcreate(ZoneRequest.of("bad", 64, M_B)));
        assertThat(kernel.subsystem.statistics().zoneStats().stream().map(ZoneStats::name))
                .doesNotContain("bad", " ", "a\nb");
    }

    @Test
    void aDestroyedZoneIsGoneAndItsNumbersAreUsedAgain() {
        MemorySegment item = zone.zalloc(M_WAITOK);
        zone.zfree(item);
        zone.zdestroy();
        gone(zone, "zone 'frame' of driver 1 (7) was destroyed", item);
        assertThat(kernel.zonesNotEmpty).isEmpty();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        for (int i = 0; i < 40_000; i++) {
            kernel.zones().zcreate(ZoneRequest.of("next", 64, M_A)).zdestroy();
        }
    }

    @Test
    void aZoneWithANumberThatIsUsedAgainBeginsToCountAnew() {
        for (int i = 0; i < 3; i++) {
            zone.zfree(zone.zalloc(M_WAITOK));
        }
        zone.zdestroy();
        Zone next = kernel.zones().zcreate(ZoneRequest.of("next", 64, M_A));
        next.zalloc(M_WAITOK);
        assertThat(kernel.subsystem.statistics().zoneStats())
                .filteredOn(stats -> stats.name().equals("next"))
                .singleElement()
                .satisfies(stats -> {
                    assertThat(stats.requests()).isEqualTo(1);
                    assertThat(stats.used()).isEqualTo(1);
                });
    }

    @Test
    void destroyedZoneWithItemsIsTakenBackAtTheStop() {
        MemorySegment item = zone.zalloc(M_WAITOK);
        long raw = zone.raw().zalloc(M_WAITOK);
        zone.zfree(zone.zalloc(M_WAITOK));
        zone.zdestroy();
        assertThat(kernel.zonesNotEmpty)
                .containsExactly(
                        "zone frame of driver 1 (7): Freed UMA keg was not empty (2 items).  Lost 16 pages of memory.");
        item.fill((byte) 1);
        refused(Reason.WRONG_TYPE, null, () -> kernel.rawMalloc().free(raw, M_A));
        kernel.unload(owner);
        assertThat(item.scope().isAlive()).isFalse();
        assertThat(kernel.zonesLeft).isEmpty();
        assertThat(kernel.subsystem.statistics().kernelMap().quarantined())
                .as("the item by address")
                .isEqualTo(208);
    }

    @Test
    void leakedZoneIsReportedAndDestroyedAtTheStop() {
        MemorySegment item = zone.zalloc(M_WAITOK);
        zone.zalloc(M_WAITOK);
        kernel.zones().zcreate(ZoneRequest.of("empty", 64, M_A));
        kernel.unload(owner);
        assertThat(kernel.zonesLeft).hasSize(2);
        LeakReport report = kernel.zonesLeft.getFirst();
        assertThat(report.type()).isEqualTo("frame");
        assertThat(report.owner().toString()).isEqualTo("driver 1 (7)");
        assertThat(report.allocations()).isEqualTo(2);
        assertThat(report.bytes()).isEqualTo(416);
        assertThat(report.blocks()).containsExactly(new LeakReport.Blocks(208, 2));
        assertThat(kernel.zonesLeft.get(1).allocations()).isZero();
        assertThat(item.scope().isAlive()).isFalse();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        gone(zone, "zone 'frame' is gone: driver 1 (7) has stopped", null);
        assertThat(kernel.subsystem.statistics().zoneStats())
                .noneMatch(stats -> stats.name().equals("frame"));
    }

    @Test
    void kernelStopDestroysZonesWithoutAReport() {
        zone.zalloc(M_WAITOK);
        assertThat(kernel.subsystem.shutdown()).isEqualTo(new Revoked(1, 1));
        assertThat(kernel.zonesLeft).isEmpty();
        gone(zone, "zone 'frame' is gone: driver 1 (7) has stopped", null);
    }

    @Test
    void zallocInAFullMapIsNullOrAnError() {
        Zone large = kernel.zones().zcreate(ZoneRequest.of("large", 1 << 20, M_A));
        List<MemorySegment> items = new ArrayList<>();
        for (MemorySegment item = large.zalloc(M_NOWAIT); item != null; item = large.zalloc(M_NOWAIT)) {
            items.add(item);
        }
        assertThat(items).hasSize(8);
        assertThatExceptionOfType(KernelMapExhausted.class).isThrownBy(() -> large.zalloc(M_WAITOK));
        assertThat(stats("large").failures()).isEqualTo(2);
        items.forEach(large::zfree);
        assertThat(kernel.malloc().malloc(7 << 20, M_A, M_WAITOK).byteSize()).isEqualTo(7 << 20);
    }

    @Test
    void aZoneMayOnlyChangeItsCallbacksWhileItHasNoSlabs() {
        zone.zalloc(M_WAITOK);
        assertThatExceptionOfType(KernelPanic.class)
                .isThrownBy(() -> zone.setInit(null))
                .withMessage(
                        "uma_zone_set_init on non-empty keg (zone 'frame' of driver 1 (7) has slabs of 65536 bytes)");
        assertThatExceptionOfType(KernelPanic.class)
                .isThrownBy(() -> zone.setFini(null))
                .withMessageStartingWith("uma_zone_set_fini on non-empty keg");
        assertThatExceptionOfType(KernelPanic.class)
                .isThrownBy(() -> zone.setZinit(null))
                .withMessageStartingWith("uma_zone_set_zinit on non-empty keg");
        assertThatExceptionOfType(KernelPanic.class)
                .isThrownBy(() -> zone.setZfini(null))
                .withMessageStartingWith("uma_zone_set_zfini on non-empty keg");
        assertThat(kernel.panics).hasSize(4);
    }

    private ZoneStats stats() {
        return stats("frame");
    }

    private ZoneStats stats(String name) {
        return kernel.subsystem.statistics().zoneStats().stream()
                .filter(stats -> stats.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void impossible(ZoneRequest request, String message) {
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> kernel.zones().zcreate(request))
                .withMessage(message);
    }

    private static void gone(Zone zone, String message, @Nullable MemorySegment item) {
        assertThatExceptionOfType(ZoneDestroyed.class)
                .isThrownBy(() -> zone.zalloc(M_WAITOK))
                .withMessage("uma_zalloc: " + message);
        assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(() -> zone.zalloc(M_NOWAIT));
        assertThatExceptionOfType(ZoneDestroyed.class)
                .isThrownBy(() -> zone.raw().zalloc(M_NOWAIT));
        assertThatExceptionOfType(ZoneDestroyed.class)
                .isThrownBy(() -> zone.raw().zfree(16));
        assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(() -> zone.setMax(1));
        assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(zone::getMax);
        assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(zone::getCur);
        assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(zone::exhausted);
        assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(zone::drain);
        assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(() -> zone.prealloc(1));
        assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(() -> zone.setInit(null));
        assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(zone::zdestroy);
        if (item != null) {
            assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(() -> zone.zfree(item));
            assertThatExceptionOfType(ZoneDestroyed.class).isThrownBy(() -> zone.findRefcnt(item));
        }
        assertThat(zone.name()).isEqualTo("frame");
        assertThat(zone.size()).isEqualTo(200);
    }

    private static void refused(Reason reason, @Nullable String message, Runnable free) {
        assertThatExceptionOfType(InvalidFree.class)
                .isThrownBy(free::run)
                .satisfies(error -> assertThat(error.reason()).isEqualTo(reason))
                .satisfies(error -> assertThat(message == null || message.equals(error.getMessage()))
                        .as("%s", error.getMessage())
                        .isTrue());
    }
}
