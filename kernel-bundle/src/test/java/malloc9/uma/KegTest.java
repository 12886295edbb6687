package malloc9.uma;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import malloc9.vm.KernelMap;
import malloc9.vm.PageSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KegTest {

    private static final int PER_SLAB = KernelMap.UNIT / 1024;

    private final KernelMap map = new KernelMap(PageSource.reserve(2 << 20));
    private final SlabMap slabs = new SlabMap(map);
    private final Keg keg = new Keg(slabs, 0, 0, 1024, 1);
    private final Zone zone = new Zone("1024", 0, 0, 1024, keg);

    @AfterEach
    void close() {
        map.close();
    }

    @Test
    void aKegMakesNoMoreSlabsThanItsItemsNeed() {
        int[] items = new int[3 * PER_SLAB];
        assertThat(keg.fetch(items, 1)).isEqualTo(1);
        assertThat(slabs.live()).hasSize(1);
        assertThat(keg.free()).isEqualTo(PER_SLAB - 1);
        assertThat(keg.fetch(items, PER_SLAB - 1)).isEqualTo(PER_SLAB - 1);
        assertThat(slabs.live()).hasSize(1);
        assertThat(keg.free()).isZero();
    }

    @Test
    void aKegFillsABucketAsFarAsTheMapGoes() {
        int all = map.units() * PER_SLAB;
        int[] items = new int[all + 7];
        assertThat(keg.fetch(items, items.length)).isEqualTo(all);
        assertThat(IntStream.of(items).limit(all).distinct().count()).isEqualTo(all);
        assertThat(keg.fetch(items, 1)).isZero();
        keg.release(items, all);
        assertThat(keg.fetch(items, items.length)).isEqualTo(all);
    }

    @Test
    void emptySlabsGoBackToTheMapButForOne() {
        int[] items = new int[4 * PER_SLAB];
        keg.fetch(items, items.length);
        assertThat(map.used()).isEqualTo(4L * KernelMap.UNIT);
        keg.release(items, items.length);
        assertThat(map.used()).isEqualTo(KernelMap.UNIT);
        assertThat(keg.free()).isEqualTo(PER_SLAB);
        keg.drain();
        assertThat(map.used()).isZero();
        assertThat(keg.free()).isZero();
    }

    @Test
    void aSlabWithOneItemOutStays() {
        int[] items = new int[2 * PER_SLAB];
        keg.fetch(items, items.length);
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
        keg.fetch(items, 2);
        keg.release(new int[] {items[0], items[0]}, 2);
        assertThat(keg.free()).isEqualTo(PER_SLAB - 1);
        keg.release(new int[] {items[1]}, 1);
        keg.drain();
        keg.release(new int[] {items[0]}, 1);
        assertThat(keg.free()).as("its slab is gone").isZero();
        assertThat(keg.fetch(new int[PER_SLAB + 1], PER_SLAB)).isEqualTo(PER_SLAB);
        assertThat(keg.free()).isZero();
    }

    @Test
    void aDepotKeepsFullBucketsUntilItIsDrained() {
        Bucket first = requireNonNull(zone.fullBucket());
        Bucket second = requireNonNull(zone.fullBucket());
        assertThat(first.count).isEqualTo(zone.bucketItems()).isEqualTo(63);
        zone.put(first);
        assertThat(zone.free()).isEqualTo(63 + 2);
        assertThat(zone.fullBucket()).isSameAs(first);
        zone.put(first);
        zone.put(second);
        assertThat(zone.free()).isEqualTo(2 * 63 + 2);
        zone.drain();
        assertThat(zone.free()).isZero();
        assertThat(map.used()).isZero();
    }

    @Test
    void aBucketThatIsNotFullGoesBackIntoTheSlabs() {
        Bucket bucket = requireNonNull(zone.fullBucket());
        int[] items = {bucket.items[61], bucket.items[62]};
        bucket.count = 61;
        zone.put(bucket);
        zone.release(items, 2);
        zone.drain();
        assertThat(map.used()).isZero();
    }

    @Test
    void bucketsHoldFewerItemsTheLargerTheyAre() {
        assertThat(new Zone("16", 0, 0, 16, keg).bucketItems()).isEqualTo(63);
        assertThat(new Zone("4096", 0, 0, 4096, keg).bucketItems()).isEqualTo(32);
        assertThat(new Zone("16 pages", 0, 0, 65536, keg).bucketItems()).isEqualTo(2);
    }
}
