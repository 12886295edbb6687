package dev.malloc9.uma;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UmaTest {

    private static final long[] SIZES = {16, 1024, 12288, 65536};

    private final KernelMap map = new KernelMap(PageSource.reserve(8 << 20));
    /** A gate like that of a type. While it is 0, the critical sections below do nothing. */
    private final int[] word = {1};

    /** The number of cached items of zone 1 at each change of the gates, negative when they open. */
    private final List<Long> cachedAtChanges = new ArrayList<>();

    private final Gates gate = new Gates() {
        @Override
        public void pauseAll() {
            word[0] = 0;
            cachedAtChanges.add(uma.cached(zone(1)));
        }

        @Override
        public void resumeAll() {
            cachedAtChanges.add(-uma.cached(zone(1)));
            word[0] = 1;
        }
    };

    private final Uma uma = new Uma(map, List.of("16", "1024", "3 pages", "16 pages"), SIZES, gate);

    @AfterEach
    void close() {
        map.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void allItemsOfAMapAreHandedOutOnceAndComeBack(int zone) {
        Set<Integer> out = ConcurrentHashMap.newKeySet();
        for (int round = 0; round < 3; round++) {
            for (int item = alloc(zone); item >= 0; item = alloc(zone)) {
                assertThat(out.add(item)).isTrue();
            }
            assertThat(out).hasSize(itemsOfTheMap(zone));
            assertThat(uma.freeItems()[zone]).isZero();
            out.forEach(item -> free(zone, item));
            assertThat(uma.freeItems()[zone]).isEqualTo(itemsOfSlabs());
            out.clear();
        }
        assertThat(map.largestHole()).isLessThanOrEqualTo(map.size());
    }

    @Test
    void reclaimReturnsAllFreedMemoryToTheMap() {
        Random random = new Random(4);
        for (int zone = 0; zone < SIZES.length; zone++) {
            List<Integer> out = new ArrayList<>();
            for (int item = alloc(zone); item >= 0; item = alloc(zone)) {
                out.add(item);
            }
            while (!out.isEmpty()) {
                int index = random.nextInt(out.size());
                free(zone, out.get(index));
                out.set(index, out.getLast());
                out.removeLast();
            }
            uma.reclaim();
            assertThat(map.used()).isZero();
            assertThat(map.largestHole()).isEqualTo(map.size());
            assertThat(uma.liveSlabs()).isEmpty();
        }
    }

    @Test
    void reclaimServesAllZonesIfAFiniThrows() {
        zone(1).life(new ItemInit() {
            @Override
            public void init(int item, long flags) {}

            @Override
            public void fini(int item) {
                throw new StackOverflowError("fini");
            }
        });
        for (int zone = 1; zone < SIZES.length; zone++) {
            assertThat(alloc(zone)).as("zone %d", zone).isNotNegative();
        }
        List<Long> free = List.of(uma.free(zone(2)), uma.free(zone(3)));
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(uma::reclaim);
        assertThat(List.of(uma.cached(zone(1)), uma.cached(zone(2)), uma.cached(zone(3))))
                .containsOnly(0L);
        assertThat(List.of(uma.free(zone(2)), uma.free(zone(3)))).isEqualTo(free);
    }

    @Test
    void aSlabIsFoundFromEachOfItsUnitsWhileItLives() {
        Slab run = requireNonNull(uma.allocateRun(3L * KernelMap.UNIT - 4096, false));
        int perUnit = KernelMap.UNIT / Slab.GRANULE;
        for (int granule = run.base; granule < run.base + 3 * perUnit; granule += perUnit / 8) {
            assertThat(uma.slabs().find(granule)).isSameAs(run);
        }
        assertThat(uma.slabs().find(run.base + 3 * perUnit)).isNull();
        assertThat(uma.liveSlabs()).containsExactly(run);
        uma.releaseRun(run);
        assertThat(uma.slabs().find(run.base)).isNull();
        assertThat(uma.liveSlabs()).isEmpty();
        assertThat(uma.allocateRun(map.size() + 1, false)).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noItemIsHandedOutTwice(boolean virtual) throws InterruptedException {
        Set<Integer> out = ConcurrentHashMap.newKeySet();
        ConcurrentLinkedQueue<Integer> passedOn = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<String> twice = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Random random = new Random(i);
            Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform();
            threads.add(builder.start(() -> {
                List<Integer> mine = new ArrayList<>();
                for (int step = 0; step < 60_000; step++) {
                    boolean growing = (step / 5_000 & 1) == 0;
                    if (random.nextInt(10) < (growing ? 7 : 3)) {
                        int item = alloc(1);
                        if (item >= 0 && !out.add(item)) {
                            twice.add("item " + item);
                        }
                        if (item >= 0) {
                            mine.add(item);
                            Collections.swap(mine, mine.size() - 1, random.nextInt(mine.size()));
                        }
                    } else {
                        Integer item = random.nextInt(4) == 0 || mine.isEmpty() ? passedOn.poll() : mine.removeLast();
                        if (item != null && random.nextInt(4) == 0) {
                            passedOn.add(item);
                        } else if (item != null) {
                            out.remove(item);
                            free(1, item);
                        }
                    }
                    if (step % 10_000 == 0) {
                        uma.reclaim();
                    }
                }
                passedOn.addAll(mine);
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(twice).isEmpty();
        assertThat(passedOn).containsExactlyInAnyOrderElementsOf(out);
        assertThat(uma.freeItems()[1] + out.size()).isEqualTo(itemsOfSlabs());
        passedOn.forEach(item -> free(1, item));
        assertThat(uma.freeItems()[1]).isEqualTo(itemsOfSlabs());
    }

    /** The tops of 512 stacks fill the space in front of the stacks. With one more zone, all stacks move. */
    @ParameterizedTest
    @ValueSource(ints = {1, 508, 509, 1100})
    void aCacheKeepsItsItemsAsZonesCome(int more) {
        List<Integer> out = List.of(alloc(1), alloc(1), alloc(1));
        int large = alloc(3);
        out.forEach(item -> free(1, item));
        long[] before = uma.freeItems();
        UmaZone last = null;
        for (int i = 0; i < more; i++) {
            last = uma.create(new ZoneDesign("zone " + i, 256, 255, 0), null);
        }
        int number = requireNonNull(last).number();
        int item = alloc(number);
        free(number, item);
        assertThat(alloc(number)).isEqualTo(item);
        assertThat(uma.freeItems()).startsWith(before);
        for (int freed : out.reversed()) {
            assertThat(alloc(1)).isEqualTo(freed);
        }
        free(3, large);
        assertThat(alloc(3)).isEqualTo(large);
    }

    @Test
    void drainClosesGatesBeforeItTakesItems() {
        free(1, alloc(1));
        long cached = uma.cached(zone(1));
        assertThat(cached).isPositive();
        uma.recall(zone(1));
        assertThat(cachedAtChanges).containsExactly(cached, 0L);
        assertThat(word[0]).isEqualTo(1);
    }

    private UmaZone zone(int number) {
        return uma.zones().get(number);
    }

    private long itemsOfSlabs() {
        return uma.liveSlabs().stream().mapToLong(Slab::items).sum();
    }

    private int itemsOfTheMap(int zone) {
        int units = SIZES[zone] <= 4096 ? 1 : 4;
        return (int) (map.units() / units * ((long) units * KernelMap.UNIT / SIZES[zone]));
    }

    /** Allocates an item as malloc does. */
    private int alloc(int zone) {
        while (true) {
            Pcpu cpu = uma.enterCurrent();
            int[] items = cpu.items;
            int item = -1;
            if (word[0] != 0 && Cache.isOpen(items, zone)) {
                item = items[items[zone] - 1];
                items[zone] -= item >= 0 ? 1 : 0;
            }
            uma.leave(cpu);
            if (item >= 0 || !uma.refill(zone)) {
                return item;
            }
        }
    }

    /** Frees an item as free does. */
    private void free(int zone, int item) {
        while (true) {
            Pcpu cpu = uma.enterCurrent();
            int[] items = cpu.items;
            boolean room = word[0] != 0 && Cache.isOpen(items, zone) && !Cache.isFull(items[zone]);
            if (room) {
                items[items[zone]++] = item;
            }
            uma.leave(cpu);
            if (room) {
                return;
            }
            uma.flush(zone);
        }
    }
}
