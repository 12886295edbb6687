package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.malloc.Subsystem.M_A;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.api.zone.Zone;
import dev.malloc9.api.zone.ZoneDestroyed;
import dev.malloc9.api.zone.ZoneRequest;
import dev.malloc9.api.zone.ZoneWaitInterrupted;
import dev.malloc9.malloc.type.Owner;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ZoneLimitTest {

    private final Subsystem kernel = new Subsystem(4L << 20);
    private final Owner owner = kernel.load("driver", M_A);

    /** A zone like that of mbufs, with 15 items in a slab of BSD. */
    private final Zone zone =
            kernel.zones().zcreate(ZoneRequest.of("mbuf", 256, M_A).withAlign(255));

    /** The results of the threads' tasks, or the exceptions that they threw. */
    private final BlockingQueue<Object> ends = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() {
        kernel.close();
    }

    @Test
    void limitIsRoundedUpToWholeSlabsAndExact() {
        assertThat(zone.getMax()).isZero();
        assertThat(zone.setMax(1)).isEqualTo(15);
        assertThat(zone.setMax(15)).isEqualTo(15);
        assertThat(zone.setMax(16)).isEqualTo(30);
        assertThat(zone.getMax()).isEqualTo(30);
        List<MemorySegment> items = fill();
        assertThat(items).hasSize(30);
        assertThat(zone.exhausted()).isTrue();
        assertThat(stats()).isEqualTo(new ZoneStats("mbuf", 256, 30, 30, stats().free(), 30, 1, 0));
        zone.zfree(items.getFirst());
        assertThat(zone.exhausted()).isFalse();
        assertThat(fill()).hasSize(1);
        assertThat(zone.setMax(0)).isZero();
        assertThat(zone.zalloc(M_NOWAIT)).isNotNull();
        assertThatExceptionOfType(InvalidRequest.class)
                .isThrownBy(() -> zone.setMax(-1))
                .withMessage("uma_zone_set_max: -1 items for zone 'mbuf'");
    }

    @Test
    @Timeout(60)
    void statisticsUnderLoadNeverExceedTheLimit() throws Exception {
        long limit = zone.setMax(150);
        List<MemorySegment> held = fill();
        zone.zfree(held.removeLast());
        AtomicBoolean end = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                while (!end.get()) {
                    zone.zfree(zone.zalloc(M_NOWAIT));
                }
            }));
        }
        List<Long> wrong = new ArrayList<>();
        for (int read = 0; read < 500; read++) {
            long used = stats().used();
            long cur = zone.getCur();
            if (used > limit || cur > limit) {
                wrong.add(Math.max(used, cur));
            }
        }
        end.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).isEmpty();
        assertThat(stats().used()).isEqualTo(held.size());
    }

    @Test
    void itemsInUseCountAgainstANewLimit() {
        List<MemorySegment> items = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            items.add(zone.zalloc(M_WAITOK));
        }
        zone.setMax(15);
        assertThat(zone.zalloc(M_NOWAIT)).isNull();
        for (int i = 0; i < 6; i++) {
            zone.zfree(items.removeLast());
        }
        assertThat(fill()).hasSize(1);
        assertThat(zone.getCur()).isEqualTo(15);
    }

    @Test
    void cachedItemsOfOtherThreadsAreNotInUse() throws InterruptedException {
        zone.setMax(60);
        for (int i = 0; i < 4; i++) {
            start(i % 2 == 0, () -> {
                        fill().forEach(zone::zfree);
                        return "freed";
                    })
                    .join();
        }
        assertThat(fill()).hasSize(60);
    }

    @Test
    void whenTheMapIsFullItemsComeFromOtherCpusCaches() throws InterruptedException {
        MemorySegment[] items = new MemorySegment[20];
        for (int i = 0; i < 20; i++) {
            items[i] = zone.zalloc(M_WAITOK);
        }
        while (kernel.malloc().malloc(4096, M_A, M_NOWAIT) != null) {}
        CountDownLatch freed = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread other = start(false, () -> {
            for (MemorySegment item : items) {
                zone.zfree(item);
            }
            freed.countDown();
            done.await();
            return "";
        });
        freed.await();
        List<MemorySegment> rest = fill();
        assertThat(rest).hasSize(256);
        done.countDown();
        other.join();
        rest.forEach(zone::zfree);
        assertThat(zone.getCur()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void waiterGetsAFreedItem(boolean virtual) throws InterruptedException {
        zone.setMax(15);
        List<MemorySegment> items = fill();
        start(virtual, () -> zone.zalloc(M_WAITOK).address());
        awaitSleeps(1);
        assertThat(zone.zalloc(M_NOWAIT)).isNull();
        zone.zfree(items.getFirst());
        assertThat(ends.poll(30, TimeUnit.SECONDS)).isInstanceOf(Long.class);
        assertThat(zone.getCur()).isEqualTo(15);
        assertThat(stats().sleeps()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptedWaiterGetsOut(boolean virtual) throws InterruptedException {
        zone.setMax(15);
        fill();
        Thread waiter = start(virtual, () -> zone.zalloc(M_WAITOK));
        awaitSleeps(1);
        waiter.interrupt();
        assertThat(ends.poll(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        ZoneWaitInterrupted.class,
                        error -> assertThat(error)
                                .hasMessage(
                                        "uma_zalloc: interrupted while waiting at the limit of 15 items of zone 'mbuf'"));
        assertThat(zone.getCur()).isEqualTo(15);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWaiterOfAStoppingModuleIsReleased(boolean virtual) throws InterruptedException {
        zone.setMax(15);
        fill();
        start(virtual, () -> zone.zalloc(M_WAITOK));
        awaitSleeps(1);
        kernel.unload(owner);
        assertThat(ends.poll(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        ZoneDestroyed.class,
                        error -> assertThat(error)
                                .hasMessage("uma_zalloc: zone 'mbuf' is gone: driver 1 (7) has stopped"));
    }

    @Test
    void aWaiterOfADestroyedZoneIsReleased() throws InterruptedException {
        zone.setMax(15);
        fill();
        start(false, () -> zone.zalloc(M_WAITOK));
        awaitSleeps(1);
        zone.zdestroy();
        assertThat(ends.poll(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        ZoneDestroyed.class,
                        error -> assertThat(error).hasMessage("uma_zalloc: zone 'mbuf' of driver 1 (7) was destroyed"));
        assertThat(kernel.zonesNotEmpty).hasSize(1);
    }

    @Test
    void aLiftedLimitLetsWaitersIn() throws InterruptedException {
        zone.setMax(15);
        fill();
        start(false, () -> zone.zalloc(M_WAITOK));
        awaitSleeps(1);
        zone.setMax(0);
        assertThat(ends.poll(30, TimeUnit.SECONDS)).isInstanceOf(MemorySegment.class);
        assertThat(zone.getCur()).isEqualTo(16);
    }

    /** The limit changes while threads allocate, wait and free. At each moment, no more items are in use than the largest limit allows. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void changingLimitsLosesNoCredit(boolean virtual) throws InterruptedException {
        zone.setMax(30);
        AtomicInteger inUse = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(start(virtual, () -> {
                List<MemorySegment> mine = new ArrayList<>();
                for (int step = 0; step < 20_000; step++) {
                    MemorySegment item = mine.isEmpty() ? zone.zalloc(M_WAITOK) : zone.zalloc(M_NOWAIT);
                    if (item != null) {
                        most.accumulateAndGet(inUse.incrementAndGet(), Math::max);
                        mine.add(item);
                    }
                    if (item == null || mine.size() > 8) {
                        inUse.addAndGet(-mine.size());
                        mine.forEach(zone::zfree);
                        mine.clear();
                    }
                }
                inUse.addAndGet(-mine.size());
                mine.forEach(zone::zfree);
                return "";
            }));
        }
        for (int round = 0; round < 200; round++) {
            zone.setMax(round % 2 == 0 ? 15 : 30);
            if (round % 10 == 0) {
                zone.drain();
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(ends).containsOnly("");
        assertThat(most.get()).isBetween(2, 30);
        assertThat(zone.getCur()).isZero();
        assertThat(fill()).hasSize((int) zone.getMax());
    }

    private List<MemorySegment> fill() {
        List<MemorySegment> items = new ArrayList<>();
        for (MemorySegment item = zone.zalloc(M_NOWAIT); item != null; item = zone.zalloc(M_NOWAIT)) {
            items.add(requireNonNull(item));
        }
        return items;
    }

    private void awaitSleeps(long count) {
        while (stats().sleeps() < count) {
            LockSupport.parkNanos(100_000);
        }
    }

    private ZoneStats stats() {
        return kernel.subsystem.statistics().zoneStats().getLast();
    }

    private interface Task {
        Object run() throws InterruptedException;
    }

    private Thread start(boolean virtual, Task task) {
        Runnable body = () -> {
            try {
                ends.add(task.run());
            } catch (RuntimeException | Error | InterruptedException thrown) {
                ends.add(thrown);
            }
        };
        return virtual
                ? Thread.ofVirtual().start(body)
                : Thread.ofPlatform().daemon().start(body);
    }
}
