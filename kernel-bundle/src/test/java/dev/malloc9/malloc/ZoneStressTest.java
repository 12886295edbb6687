package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneDestroyed;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests threads that use zones and malloc heavily while other threads drain the caches. */
@Timeout(120)
@Tag("slow")
class ZoneStressTest {

    private static final int THREADS = 6;
    private static final int STEPS = 30_000;

    private final Subsystem kernel = new Subsystem(32L << 20);
    private final Owner owner = kernel.load("driver", M_A);
    private final List<Zone> zones = IntStream.of(48, 256, 3000)
            .mapToObj(size -> kernel.zones().zcreate(ZoneRequest.of("z" + size, size, M_A)))
            .toList();
    private final ConcurrentLinkedQueue<Item> passedOn = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final LongAdder allocs = new LongAdder();

    /** An item that is filled with a mark of its own. */
    private record Item(Zone zone, MemorySegment segment, byte mark) {}

    @AfterEach
    void stop() {
        kernel.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingIsLostWhileCachesAreDrained(boolean virtual) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        AtomicBoolean working = new AtomicBoolean(true);
        LongAdder reclaims = new LongAdder();
        Thread reclaimer = Thread.ofPlatform().daemon().start(() -> {
            while (working.get()) {
                kernel.zones().reclaim();
                zones.getFirst().drain();
                reclaims.increment();
            }
        });
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(i);
            threads.add((virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> work(random)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        working.set(false);
        reclaimer.join();
        assertThat(wrong).isEmpty();
        assertThat(reclaims.sum()).isPositive();
        List<ZoneStats> stats = stats();
        assertThat(stats.stream().mapToLong(ZoneStats::used).sum()).isEqualTo(passedOn.size());
        assertThat(stats.stream().mapToLong(ZoneStats::requests).sum()).isEqualTo(allocs.sum());
        passedOn.forEach(this::checkAndFree);
        assertThat(stats()).allMatch(zone -> zone.used() == 0);
        kernel.zones().reclaim();
        assertThat(stats()).allMatch(zone -> zone.free() == 0);
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        assertThat(kernel.panics).isEmpty();
    }

    @Test
    void cachesOfIdleAndDeadThreadsAreDrained() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = Thread.ofPlatform().start(() -> {
                Zone zone = zones.get(1);
                zone.zfree(zone.zalloc(M_WAITOK));
                kernel.malloc().free(kernel.malloc().malloc(100, M_A, M_WAITOK), M_A);
            });
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isPositive();
        kernel.zones().reclaim();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        assertThat(stats().get(1)).isEqualTo(new ZoneStats("z256", 256, 0, 0, 0, 4, 0, 0));
    }

    /** Zones are created and destroyed, and their numbers are reused, while threads use a zone up to its last moment. */
    @Test
    void zonesEndUnderThreadsThatUseThem() throws InterruptedException {
        for (int round = 0; round < 60; round++) {
            Zone zone = kernel.zones().zcreate(ZoneRequest.of("short", 64 << round % 3, M_A));
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                threads.add((i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> untilItEnds(zone)));
            }
            while (zone.getCur() == 0) {
                LockSupport.parkNanos(100_000);
            }
            zone.zdestroy();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        kernel.unload(owner);
        assertThat(wrong).isEmpty();
        assertThat(kernel.subsystem.statistics().kernelMap().used()).isZero();
        assertThat(kernel.panics).isEmpty();
        assertThat(kernel.quarantined).isEmpty();
    }

    private void untilItEnds(Zone zone) {
        try {
            while (true) {
                MemorySegment first = zone.zalloc(M_WAITOK);
                MemorySegment second = zone.zalloc(M_WAITOK);
                zone.zfree(first);
                zone.zfree(second);
            }
        } catch (ZoneDestroyed end) {
            // The thread waits for this exception.
        } catch (RuntimeException | Error thrown) {
            wrong.add(thrown.toString());
        }
    }

    private void work(Random random) {
        try {
            List<Item> mine = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                if (mine.isEmpty() || (mine.size() < 200 && random.nextBoolean())) {
                    mine.add(allocate(random));
                } else {
                    Item item = mine.remove(random.nextInt(mine.size()));
                    if (random.nextInt(4) == 0) {
                        passedOn.add(item);
                    } else {
                        checkAndFree(item);
                    }
                }
                Item other = random.nextInt(4) == 0 ? passedOn.poll() : null;
                if (other != null) {
                    checkAndFree(other);
                }
            }
            passedOn.addAll(mine);
        } catch (RuntimeException | Error thrown) {
            wrong.add(thrown.toString());
        }
    }

    private Item allocate(Random random) {
        Zone zone = zones.get(random.nextInt(zones.size()));
        MemorySegment segment = zone.zalloc(M_WAITOK);
        allocs.increment();
        byte mark = (byte) (1 + random.nextInt(100));
        return new Item(zone, segment.fill(mark), mark);
    }

    private void checkAndFree(Item item) {
        MemorySegment expected = MemorySegment.ofArray(new byte[(int) item.segment.byteSize()]);
        if (item.segment.mismatch(expected.fill(item.mark)) != -1) {
            wrong.add("overwritten: " + item);
        }
        item.zone.zfree(item.segment);
    }

    private List<ZoneStats> stats() {
        return kernel.subsystem.statistics().zoneStats().stream()
                .filter(zone -> zone.name().startsWith("z"))
                .toList();
    }
}
