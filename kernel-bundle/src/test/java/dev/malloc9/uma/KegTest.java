package dev.malloc9.uma;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KegTest {

    private static final int PER_SLAB = KernelMap.UNIT / 1024;

    private final KernelMap map = new KernelMap(PageSource.reserve(2 << 20));
    private final SlabMap slabs = new SlabMap(map);
    private final Keg keg = new Keg(slabs, 0, 0, 1024, 1);
    private final UmaZone zone = new UmaZone("1024", 0, keg);

    @AfterEach
    void close() {
        map.close();
    }

    @Test
    void aKegMakesNoMoreSlabsThanItsItemsNeed() {
        int[] items = new int[3 * PER_SLAB];
        assertThat(keg.fetch(items, 1, M_NOWAIT)).isEqualTo(1);
        assertThat(slabs.live()).hasSize(1);
        assertThat(keg.free()).isEqualTo(PER_SLAB - 1);
        assertThat(keg.fetch(items, PER_SLAB - 1, M_NOWAIT)).isEqualTo(PER_SLAB - 1);
        assertThat(slabs.live()).hasSize(1);
        assertThat(keg.free()).isZero();
    }

    @Test
    void fetchReturnsOnlyTheItemsThatFitTheMap() {
        int all = map.units() * PER_SLAB;
        int[] items = new int[all + 7];
        assertThat(keg.fetch(items, items.length, M_NOWAIT)).isEqualTo(all);
        assertThat(IntStream.of(items).limit(all).distinct().count()).isEqualTo(all);
        assertThat(keg.fetch(items, 1, M_NOWAIT)).isZero();
        keg.release(items, all);
        assertThat(keg.fetch(items, items.length, M_NOWAIT)).isEqualTo(all);
    }

    @Test
    void emptySlabsGoBackToTheMapButForOne() {
        int[] items = new int[4 * PER_SLAB];
        keg.fetch(items, items.length, M_NOWAIT);
        assertThat(map.used()).isEqualTo(4L * KernelMap.UNIT);
        keg.release(items, items.length);
        assertThat(map.used()).isEqualTo(KernelMap.UNIT);
        assertThat(keg.free()).isEqualTo(PER_SLAB);
        keg.drain();
        assertThat(map.used()).isZero();
        assertThat(keg.free()).isZero();
    }

    @Test
    void drainKeepsASlabWithOneItemInUse() {
        int[] items = new int[2 * PER_SLAB];
        keg.fetch(items, items.length, M_NOWAIT);
        keg.release(items, PER_SLAB - 1);
        keg.drain();
        assertThat(map.used()).isEqualTo(2L * KernelMap.UNIT);
        keg.release(new int[] {items[PER_SLAB - 1]}, 1);
        keg.drain();
        assertThat(map.used()).isEqualTo(KernelMap.UNIT);
    }

    @Test
    void anItemThatComesTwiceIsTakenBackOnce() {
        int[] items = new int[2];
        keg.fetch(items, 2, M_NOWAIT);
        keg.release(new int[] {items[0], items[0]}, 2);
        assertThat(keg.free()).isEqualTo(PER_SLAB - 1);
        keg.release(new int[] {items[1]}, 1);
        keg.drain();
        keg.release(new int[] {items[0]}, 1);
        assertThat(keg.free()).as("its slab is gone").isZero();
        assertThat(keg.fetch(new int[PER_SLAB + 1], PER_SLAB, M_NOWAIT)).isEqualTo(PER_SLAB);
        assertThat(keg.free()).isZero();
    }

    @Test
    void bucketsDoubleIfTheDepotIsEmpty() {
        for (int items : new int[] {32, 64, 128, 128}) {
            assertThat(requireNonNull(zone.fullBucket(0, M_NOWAIT)).count).isEqualTo(items);
        }
    }

    @Test
    void bucketsHalveWithEachDrain() {
        assertThat(zone.bucketItems()).isEqualTo(16);
        for (int i = 0; i < 4; i++) {
            requireNonNull(zone.fullBucket(0, M_NOWAIT));
        }
        for (int items : new int[] {64, 32, 16, 16}) {
            zone.drain();
            assertThat(zone.bucketItems()).isEqualTo(items);
            assertThat(zone.emptyBucket(0).items).hasSize(items);
        }
    }

    @Test
    void aDepotKeepsFullBucketsUntilItIsDrained() {
        while (zone.bucketItems() < 128) {
            giveBack(zone);
        }
        Bucket first = requireNonNull(zone.fullBucket(0, M_NOWAIT));
        Bucket second = requireNonNull(zone.fullBucket(0, M_NOWAIT));
        long free = zone.free();
        zone.put(0, first);
        assertThat(zone.free() - free).isEqualTo(first.count).isEqualTo(128);
        assertThat(zone.fullBucket(0, M_NOWAIT)).isSameAs(first);
        zone.put(0, first);
        zone.put(0, second);
        assertThat(zone.free() - free).isEqualTo(256);
        zone.drain();
        keg.drain();
        assertThat(zone.free()).isZero();
        assertThat(map.used()).isZero();
    }

    @Test
    void aBucketThatHasBecomeTooSmallIsNotKept() {
        Bucket small = requireNonNull(zone.fullBucket(0, M_NOWAIT));
        Bucket larger = requireNonNull(zone.fullBucket(0, M_NOWAIT));
        zone.put(0, small);
        zone.put(0, larger);
        assertThat(small.count).as("its items are in their slabs").isZero();
        assertThat(zone.fullBucket(0, M_NOWAIT)).isSameAs(larger);
    }

    @Test
    void aClosedZoneKeepsNothing() {
        Bucket bucket = requireNonNull(zone.fullBucket(0, M_NOWAIT));
        zone.close();
        zone.put(0, bucket);
        assertThat(bucket.count).isZero();
        keg.drain();
        assertThat(map.used()).isZero();
    }

    @Test
    void aBucketThatIsNotFullGoesBackIntoTheSlabs() {
        Bucket bucket = requireNonNull(zone.fullBucket(0, M_NOWAIT));
        int[] items = {bucket.items[30], bucket.items[31]};
        bucket.count = 30;
        zone.put(0, bucket);
        assertThat(bucket.count).isZero();
        zone.release(items, 2);
        keg.drain();
        assertThat(map.used()).isZero();
    }

    @Test
    void bucketsOfLargerItemsHoldFewer() {
        assertThat(largestBucket(16)).isEqualTo(255);
        assertThat(largestBucket(512)).isEqualTo(255);
        assertThat(largestBucket(1024)).as("128 KiB").isEqualTo(128);
        assertThat(largestBucket(2048)).isEqualTo(64);
        assertThat(largestBucket(4096)).isEqualTo(32);
        assertThat(largestBucket(65536)).isEqualTo(2);
    }

    @Test
    void bucketsBeginAtTheirLargestWhereTheMapIsLarge() {
        KernelMap large = new KernelMap(PageSource.reserve(1L << 30));
        try {
            SlabMap itsSlabs = new SlabMap(large);
            assertThat(new UmaZone("64", 0, new Keg(itsSlabs, 0, 0, 64, 1)).bucketItems())
                    .isEqualTo(255);
            assertThat(new UmaZone("2k", 0, new Keg(itsSlabs, 0, 0, 2048, 1)).bucketItems())
                    .as("256 KiB")
                    .isEqualTo(128);
            UmaZone pages = new UmaZone("64k", 0, new Keg(itsSlabs, 0, 0, 65536, 1));
            assertThat(pages.bucketItems()).as("512 KiB").isEqualTo(8);
            for (int items : new int[] {4, 2, 2}) {
                pages.drain();
                assertThat(pages.bucketItems()).isEqualTo(items);
            }
        } finally {
            large.close();
        }
    }

    @Test
    void cpuGetsItsOwnBucketsFirst() {
        while (zone.bucketItems() < 128) {
            giveBack(zone);
        }
        Bucket mine = requireNonNull(zone.fullBucket(0, M_NOWAIT));
        Bucket others = requireNonNull(zone.fullBucket(1, M_NOWAIT));
        zone.put(0, mine);
        zone.put(1, others);
        assertThat(zone.fullBucket(0, M_NOWAIT)).isSameAs(mine);
        assertThat(zone.fullBucket(16, M_NOWAIT))
                .as("16 shelves; this one is 0's, and empty")
                .isSameAs(others);
        assertThat(zone.free() - keg.free()).isZero();
    }

    /**
     * Two CPUs exchange four buckets, of which at most two are in use at a time. The exchange ends after two seconds, because on a busy
     * core each hand-over may take a time slice.
     */
    @Test
    void cpuWaitsForABucketInsteadOfNewItems() throws Exception {
        int buckets = 4;
        int exchanges = 300_000;
        ArrayDeque<Bucket> made = new ArrayDeque<>();
        while (made.size() < buckets) {
            made.add(requireNonNull(zone.fullBucket(0, M_NOWAIT)));
            if (made.getLast().count < zone.bucketItems()) {
                zone.put(0, made.removeLast());
            }
        }
        made.forEach(bucket -> zone.put(0, bucket));
        long slabBytes = keg.slabBytes();
        SynchronousQueue<Optional<Bucket>> handedOver = new SynchronousQueue<>();
        Future<?> giving = CompletableFuture.runAsync(() -> {
            for (Optional<Bucket> bucket = take(handedOver); bucket.isPresent(); bucket = take(handedOver)) {
                zone.put(0, bucket.get());
            }
        });
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        for (int i = 0; i < exchanges && System.nanoTime() < end; i++) {
            handedOver.put(Optional.of(requireNonNull(zone.fullBucket(1, M_NOWAIT))));
        }
        handedOver.put(Optional.empty());
        giving.get();
        assertThat(keg.slabBytes()).isEqualTo(slabBytes);
    }

    private static <T> T take(SynchronousQueue<T> queue) {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Takes a full bucket, and returns its items to their slabs. */
    private static void giveBack(UmaZone zone) {
        Bucket bucket = requireNonNull(zone.fullBucket(0, M_NOWAIT));
        zone.release(bucket.items, bucket.count);
    }

    private int largestBucket(long itemBytes) {
        UmaZone sized = new UmaZone("sized", 0, new Keg(slabs, 0, 0, itemBytes, 1));
        for (int i = 0; i < 9; i++) {
            giveBack(sized);
        }
        return sized.bucketItems();
    }

    @Test
    void idlePagesOfAUsedSlabGoBackOnce() {
        int[] items = new int[PER_SLAB];
        keg.fetch(items, items.length, M_NOWAIT);
        keg.release(new int[] {items[0], items[4], items[5], items[6], items[7], items[8], items[63]}, 7);
        Slab slab = requireNonNull(slabs.find(items[0]));
        assertThat(idle(slab)).containsExactly("4096+4096");
        assertThat(idle(slab)).as("given back already").isEmpty();
        keg.release(new int[] {items[60], items[61], items[62]}, 3);
        assertThat(idle(slab)).containsExactly("61440+4096");
        int[] again = new int[2];
        assertThat(keg.fetch(again, 2, M_NOWAIT)).isEqualTo(2);
        assertThat(again).containsExactly(items[0], items[4]);
        keg.release(again, 2);
        assertThat(idle(slab)).as("one of its items was out").containsExactly("4096+4096");
    }

    @Test
    void trimKeepsItemsInUse() {
        int[] items = new int[PER_SLAB];
        keg.fetch(items, items.length, M_NOWAIT);
        MemorySegment memory = MemorySegment.ofAddress(map.base()).reinterpret(map.size());
        for (int item : items) {
            memory.set(ValueLayout.JAVA_LONG, (long) item << Slab.GRANULE_SHIFT, item + 1);
        }
        keg.release(Arrays.copyOfRange(items, 8, 24), 16);
        keg.trim();
        for (int i = 0; i < items.length; i++) {
            boolean given = i >= 8 && i < 24;
            assertThat(memory.get(ValueLayout.JAVA_LONG, (long) items[i] << Slab.GRANULE_SHIFT))
                    .isEqualTo(given ? 0 : items[i] + 1);
        }
    }

    @Test
    void trimReturnsBucketsUnusedSinceTheLastOne() {
        List<Bucket> buckets = Stream.generate(() -> requireNonNull(zone.fullBucket(0, 0)))
                .limit(6)
                .toList();
        List<Bucket> full = buckets.stream()
                .filter(bucket -> bucket.items.length == zone.bucketItems())
                .toList();
        full.forEach(bucket -> zone.put(0, bucket));
        long depot = zone.free() - keg.free();
        zone.trim();
        assertThat(zone.free() - keg.free()).as("they are new").isEqualTo(depot);
        Bucket asked = requireNonNull(zone.fullBucket(0, 0));
        zone.put(0, asked);
        zone.trim();
        assertThat(zone.free() - keg.free()).isEqualTo(zone.bucketItems());
        zone.trim();
        assertThat(zone.free() - keg.free()).isZero();
    }

    private static List<String> idle(Slab slab) {
        List<String> runs = new ArrayList<>();
        slab.idlePages((offset, bytes) -> runs.add(offset + "+" + bytes));
        return runs;
    }
}
