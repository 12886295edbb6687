package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_REFCNT;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.InvalidFree.Reason;
import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.KernelMapExhausted;
import dev.malloc9.api.zone.SecondaryRequest;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneDestroyed;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SecondaryZoneTest {

    private static final int SLAB = 65536;

    private final Subsystem kernel = new Subsystem(2 << 20);
    private final Owner owner = kernel.load("driver", M_A);
    private final Zone master = zone("master", 1024);
    private final Zone packets = kernel.zones().zsecondCreate(SecondaryRequest.of("packets"), master);

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void bothZonesTakeTheirItemsFromOneSlab() {
        MemorySegment ours = master.zalloc(M_WAITOK);
        MemorySegment theirs = packets.zalloc(M_WAITOK);
        assertThat(theirs.byteSize()).isEqualTo(1024);
        assertThat(theirs.address() & -SLAB).isEqualTo(ours.address() & -SLAB);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isEqualTo(SLAB);
        assertThat(packets.getCur()).isEqualTo(1);
        assertThat(master.getCur()).isEqualTo(1);
    }

    @Test
    void anItemGoesBackToTheZoneItCameFrom() {
        MemorySegment item = packets.zalloc(M_WAITOK);
        assertThatExceptionOfType(InvalidFree.class)
                .isThrownBy(() -> master.zfree(item))
                .satisfies(error -> assertThat(error.reason()).isEqualTo(Reason.WRONG_ZONE));
        packets.zfree(item);
        assertThatExceptionOfType(InvalidFree.class)
                .isThrownBy(() -> packets.zfree(item))
                .satisfies(error -> assertThat(error.reason()).isEqualTo(Reason.DOUBLE_FREE));
    }

    @Test
    void secondaryZoneRunsItsOwnCallbacks() {
        Set<Long> ready = new HashSet<>();
        List<Object> made = new ArrayList<>();
        Zone prepared = kernel.zones()
                .zsecondCreate(
                        SecondaryRequest.of("prepared")
                                .with(
                                        (item, arg, flags) -> {
                                            assertThat(ready).contains(item.address());
                                            made.add(String.valueOf(arg));
                                            return 0;
                                        },
                                        null)
                                .with(
                                        (item, flags) -> ready.add(item.address()) ? 0 : 1,
                                        item -> assertThat(ready.remove(item.address()))
                                                .isTrue()),
                        master);
        prepared.zfree(prepared.zalloc("x", M_WAITOK));
        assertThat(made).containsExactly("x");
        assertThat(ready).isNotEmpty();
        prepared.drain();
        assertThat(ready).isEmpty();
        prepared.zfree(prepared.zalloc(M_WAITOK));
        prepared.zdestroy();
        assertThat(ready).isEmpty();
        assertThat(kernel.panics).isEmpty();
    }

    @Test
    void itemsOfSeveralKegsServeOneZone() {
        Zone second = zone("second", 1024);
        kernel.zones().zsecondAdd(packets, second);
        MemorySegment ofSecond = second.zalloc(M_WAITOK);
        while (kernel.malloc().malloc(4096, M_A, M_NOWAIT) != null) {}
        MemorySegment item = packets.zalloc(M_WAITOK);
        assertThat(item.address() & -SLAB)
                .as("the map is full, the second keg is not")
                .isEqualTo(ofSecond.address() & -SLAB);
        List<MemorySegment> held = new ArrayList<>();
        assertThatExceptionOfType(KernelMapExhausted.class).isThrownBy(() -> {
            while (true) {
                held.add(packets.zalloc(M_WAITOK));
            }
        });
        packets.zfree(item);
        assertThat(packets.zalloc(M_NOWAIT)).isEqualTo(item);
        assertThat(packets.getCur() + second.getCur()).isEqualTo(64);
        long used = kernel.subsystem.statistics().kernelMap().used();
        packets.zfree(item);
        held.forEach(packets::zfree);
        second.zfree(ofSecond);
        kernel.zones().reclaim();
        assertThat(used - kernel.subsystem.statistics().kernelMap().used())
                .as("each item is back in the slab that it came from")
                .isEqualTo(SLAB);
    }

    @Test
    void itemsGoBackToTheKegsTheyCameFrom() {
        Zone second = zone("second", 1024);
        kernel.zones().zsecondAdd(packets, second);
        List<MemorySegment> held = new ArrayList<>();
        for (MemorySegment item = packets.zalloc(M_NOWAIT); item != null; item = packets.zalloc(M_NOWAIT)) {
            held.add(item);
        }
        assertThat(held)
                .hasSize((int) (kernel.subsystem.statistics().kernelMap().size() / 1024));
        held.forEach(packets::zfree);
        kernel.zones().reclaim();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    @Test
    void impossibleMasterIsRefusedWithBsdsErrno() {
        Zone counted =
                kernel.zones().zcreate(ZoneRequest.of("counted", 1024, M_A).withFlags(UMA_ZONE_REFCNT));
        refused("uma_zsecond_add: zone 'master' is not secondary (EINVAL)", master, zone("x", 1024));
        refused("uma_zsecond_add: zone 'packets' is secondary and can be no master (EINVAL)", packets, packets);
        refused(
                "uma_zsecond_add: only one of the zones 'packets' and 'counted' has reference counts (EINVAL)",
                packets,
                counted);
        refused(
                "uma_zsecond_add: items of zone 'packets' have 1024 bytes, the items of zone 'large' 2048 (E2BIG)",
                packets,
                zone("large", 2048));
        kernel.load("other", M_B);
        Zone foreign = kernel.zones().zcreate(ZoneRequest.of("foreign", 1024, M_B));
        refused(
                "uma_zsecond_add: zone 'packets' is of driver 1 (7), zone 'foreign' of other 1 (7) (EINVAL)",
                packets,
                foreign);
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> kernel.zones().zsecondCreate(SecondaryRequest.of("third"), packets))
                .withMessage("uma_zsecond_create: zone 'packets' is secondary and can be no master (EINVAL)");
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> packets.setInit(null))
                .withMessage("uma_zone_set_init: zone 'packets' is secondary, its slabs are its master's");
    }

    @Test
    void aMasterIsNotDestroyedUnderItsSecondary() {
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(master::zdestroy)
                .withMessage("uma_zdestroy: zone 'master' still serves zone 'packets'");
        packets.zfree(packets.zalloc(M_WAITOK));
        packets.zdestroy();
        master.zdestroy();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        assertThat(kernel.zonesNotEmpty).isEmpty();
    }

    @Test
    void stopTakesBackMasterAndSecondaryZone() {
        master.zalloc(M_WAITOK);
        packets.zalloc(M_WAITOK);
        packets.zalloc(M_WAITOK);
        kernel.unload(owner);
        assertThat(kernel.zonesLeft).extracting("allocations").containsExactly(1L, 2L);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
    }

    private Zone zone(String name, long size) {
        return kernel.zones().zcreate(ZoneRequest.of(name, size, M_A));
    }

    private void refused(String message, Zone secondary, Zone other) {
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> kernel.zones().zsecondAdd(secondary, other))
                .withMessage(message);
    }

    @Test
    void secondaryZoneNeverOutlivesItsMaster() throws Exception {
        for (int round = 0; round < 2_000; round++) {
            Zone above = zone("above", 64);
            AtomicBoolean destroyed = new AtomicBoolean();
            CyclicBarrier start = new CyclicBarrier(2);
            Thread destroyer = Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                    above.zdestroy();
                    destroyed.set(true);
                } catch (InvalidRequest hasSecondary) {
                    // The other thread was first.
                } catch (InterruptedException | BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            });
            Zone below = null;
            start.await();
            try {
                below = kernel.zones().zsecondCreate(SecondaryRequest.of("below"), above);
            } catch (ZoneDestroyed masterIsGone) {
                // The other thread was first.
            }
            destroyer.join();
            assertThat(destroyed.get()).isEqualTo(below == null);
            if (below != null) {
                below.zdestroy();
                above.zdestroy();
            }
        }
    }
}
