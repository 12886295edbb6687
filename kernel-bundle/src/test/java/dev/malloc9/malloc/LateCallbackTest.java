package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static dev.malloc9.malloc.Subsystem.M_B;
import static dev.malloc9.malloc.Subsystem.M_C;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.LowMemoryHandler;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tests that a callback of one bundle that does not return blocks no thread of another bundle. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class LateCallbackTest {

    private static final int ITEMS = 64;

    private final Subsystem kernel = new Subsystem(4L << 20);
    private final Owner stuck = kernel.load("stuck", M_A);
    private final Owner other = kernel.load("other", M_B);
    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger finis = new AtomicInteger();

    @AfterEach
    void stop() {
        release.countDown();
        kernel.close();
    }

    @Test
    void finiThatDoesNotReturnLeavesItsZoneOutOfReclaims() {
        Zone zone = zoneWithFreeItems();
        kernel.subsystem.operator().trim();
        assertThat(kernel.late)
                .containsExactly("fini of zone 'things' of stuck 1 (7) has not returned for 1 s;"
                        + " reclaims leave the zone out until it returns");
        kernel.subsystem.operator().trim();
        kernel.subsystem.trimIdle();
        kernel.zones().reclaim();
        assertThat(finis).hasValue(1);
        assertThat(kernel.late).hasSize(1);

        release.countDown();
        while (zone.stats().free() != 0) {
            kernel.subsystem.operator().trim();
        }
        assertThat(finis).hasValueGreaterThanOrEqualTo(ITEMS);
        assertThat(kernel.late).hasSize(1);
    }

    @Test
    void requestThatNeedsAReclaimIsServed() {
        zoneWithFreeItems();
        List<MemorySegment> blocks = new ArrayList<>();
        kernel.malloc().free(kernel.malloc().malloc(64, M_B, M_WAITOK), M_B);
        long hole = kernel.subsystem.statistics().kernelMap().largestFree();
        MemorySegment cached = kernel.malloc().malloc(hole, M_B, M_WAITOK);
        kernel.malloc().free(kernel.malloc().malloc(4_096, M_B, M_WAITOK), M_B);
        blocks.add(kernel.malloc().malloc(4_096, M_B, M_WAITOK));
        assertThat(kernel.late).isNotEmpty();
        blocks.forEach(block -> kernel.malloc().free(block, M_B));
        kernel.malloc().free(cached, M_B);
    }

    @Test
    void otherZonesAndModulesEndWhileAFiniDoesNotReturn() throws Exception {
        Zone zone = zoneWithFreeItems();
        Thread destroyer = Thread.ofPlatform().daemon().start(zone::zdestroy);
        Zone mine = kernel.zones().zcreate(ZoneRequest.of("mine", 64, M_B));
        mine.zdestroy();
        kernel.unload(other);
        assertThat(kernel.quarantined).isEmpty();
        destroyer.join();
        kernel.unload(stuck);
        assertThat(kernel.quarantined).isEmpty();
    }

    @Test
    void zoneOfALateFiniKeepsItsNumberAndItems() {
        long unused = usedBytes();
        Zone zone = zoneWithFreeItems();
        kernel.subsystem.operator().trim();
        MemorySegment cached = zone.zalloc(M_WAITOK);
        zone.zfree(cached);
        long cachedAt = cached.address();
        zone.zdestroy();
        kernel.unload(stuck);

        Zone mine = kernel.zones().zcreate(ZoneRequest.of("mine", 1_024, M_B));
        MemorySegment item = mine.zalloc(M_WAITOK);
        assertThat(item.address()).isNotEqualTo(cachedAt);
        mine.zfree(item);
        mine.zdestroy();
        assertThat(usedBytes()).isGreaterThan(unused);

        release.countDown();
        while (usedBytes() > unused) {
            kernel.unload(kernel.load("next", M_C));
        }
    }

    @Test
    void lowMemoryHandlerThatDoesNotReturnIsLeftOut() {
        LowMemoryHandler handler = this::await;
        AtomicInteger served = new AtomicInteger();
        kernel.subsystem.lowMemory().register(handler);
        kernel.subsystem.lowMemory().register(served::incrementAndGet);
        kernel.subsystem.lowMemory().raise();
        kernel.subsystem.lowMemory().raise();
        assertThat(served).hasValue(2);
        assertThat(kernel.late)
                .singleElement()
                .asString()
                .startsWith("vm_lowmem: ")
                .contains("LateCallbackTest");
    }

    @Test
    void stopOfTheKernelEndsTheThreadOfTheCallback() throws Exception {
        List<Thread> callbacks = new CopyOnWriteArrayList<>();
        kernel.subsystem.lowMemory().register(() -> {
            callbacks.add(Thread.currentThread());
            await();
        });
        kernel.subsystem.lowMemory().raise();
        kernel.close();
        callbacks.getFirst().join();
        assertThat(callbacks).hasSize(1);
    }

    /** Creates a zone of the bundle "stuck" with free items, whose fini waits until {@code release} is counted down. */
    private Zone zoneWithFreeItems() {
        Zone zone = kernel.zones().zcreate(ZoneRequest.of("things", 1_024, M_A).withFini(item -> {
            finis.incrementAndGet();
            await();
        }));
        List<MemorySegment> items = new ArrayList<>();
        for (int i = 0; i < ITEMS; i++) {
            items.add(zone.zalloc(M_WAITOK));
        }
        items.forEach(zone::zfree);
        return zone;
    }

    private long usedBytes() {
        return kernel.subsystem.statistics().kernelMap().used();
    }

    private void await() {
        try {
            release.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
