package malloc9.uma;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * A zone hands out items of one size (struct uma_zone): buckets of them to the CPUs' caches, from a depot of full
 * buckets, which a keg fills.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a depot of full buckets, on a {@link BucketList} for each CPU; who finds his own empty looks at the others' before he
 *       asks the keg.
 *   <li>Concurrency: a shelf has a lock, taken once in as many operations as a bucket has room, never inside a critical
 *       section: who waits for it may find himself on another CPU afterwards and looks up his cache anew. The zone's own is
 *       taken when something grows.
 *   <li>Invariants: a bucket in the depot is full, and has the wanted size or more; a closed zone keeps nothing.
 *   <li>Cost: some tens of nanoseconds a bucket from the depot.
 *   <li>Differs from BSD: the wanted size (uz_count) is halved by each drain, and doubles with each bucket that the depot did not
 *       have, where BSD adds one; a bucket that has become too small is given up when it comes back. In a large map it begins at
 *       its largest: items of one bucket lie side by side, and the smaller buckets are, the more often two CPUs find their items in
 *       one line of the processor's cache, which costs half of the speed of both. A bucket holds at most 512 KiB, and more
 *       than 64 items only up to 256 KiB,
 *       so that caches of large items stay small; memory that nobody touched is none. The depot is drained on demand and when the map is full.
 * </ul>
 */
public final class Zone {

    private static final int BUCKET_MAX = Cache.MAX / 2;
    private static final int BUCKET_MIN = 2;

    /** A bucket of more than so many items is one of small items. */
    private static final int BUCKET_LARGE = 64;

    /** The most bytes of such a bucket. */
    private static final long BUCKET_LARGE_BYTES = 256 << 10;

    /** The most bytes of a bucket, in a small map and in a large one. */
    private static final long BUCKET_BYTES_LEAST = 128 << 10;

    private static final long BUCKET_BYTES = 512 << 10;

    /** What part of the map may be in a bucket that nobody has needed yet: one in that many. */
    private static final int BUCKET_SHARE = 2048;

    /** Under pressure buckets become that much smaller. */
    private static final int BUCKET_SHRINKING = 8;

    /** More CPUs than that share; a power of two. */
    private static final int SHELVES = 16;

    private final String name;
    private final int number;
    private final int sizeClass;
    private final long itemBytes;
    private final int bucketMax;
    private final int bucketMin;
    private final Keg keg;
    private final boolean primary;
    private final ZoneImport imports;
    private final KernelLock lock = new KernelLock();

    /** By the CPU's number, modulo. Written under lock. */
    private final @Nullable BucketList[] shelves = new BucketList[SHELVES];

    /** The size of new buckets (uz_count). Written under lock. */
    private volatile int bucketItems;

    /** Requests that found no memory. Guarded by lock. */
    private long failures;

    /** Written under lock. */
    private volatile boolean closed;

    Zone(String name, int number, Keg keg) {
        this(name, number, keg, keg, true, false);
    }

    /**
     * A zone without items.
     *
     * @param keg its keg, or the first of several
     * @param source where its items come from: that keg, or the set of them
     * @param primary whether the keg's items are this zone's, for the statistics
     * @param maxBucket whether buckets keep their full size under pressure (UMA_ZONE_MAXBUCKET)
     */
    Zone(String name, int number, Keg keg, ItemImport source, boolean primary, boolean maxBucket) {
        this.name = name;
        this.number = number;
        this.sizeClass = keg.sizeClass();
        this.itemBytes = keg.itemBytes();
        long share = keg.mapBytes() / BUCKET_SHARE;
        long bucketBytes = Math.clamp(share, BUCKET_BYTES_LEAST, BUCKET_BYTES);
        long most = Math.max(BUCKET_LARGE, BUCKET_LARGE_BYTES / itemBytes);
        this.bucketMax = Math.clamp(Math.min(bucketBytes / itemBytes, most), BUCKET_MIN, BUCKET_MAX);
        this.bucketMin = maxBucket ? bucketMax : Math.max(BUCKET_MIN, bucketMax / BUCKET_SHRINKING);
        this.bucketItems = bucketMax * itemBytes <= share ? bucketMax : bucketMin;
        this.keg = keg;
        this.primary = primary;
        this.imports = new ZoneImport(source);
    }

    /** The name that {@code vmstat -z} shows. */
    public String name() {
        return name;
    }

    /** Bytes of an item. */
    public long itemBytes() {
        return itemBytes;
    }

    /** Which of a CPU's caches is its. */
    public int number() {
        return number;
    }

    /** Requests that found no memory. */
    public long failures() {
        lock.lock();
        try {
            return failures;
        } finally {
            lock.unlock();
        }
    }

    /** Counts a request that was not served. */
    public void countFailure() {
        lock.lock();
        try {
            failures++;
        } finally {
            lock.unlock();
        }
    }

    /** Replaces what is done to items of new slabs; right only while {@link #slabBytes()} is 0. */
    public void kegLife(@Nullable ItemInit life) {
        keg.life(life);
    }

    /** Replaces what is done to items between slabs and zone; right only while {@link #slabBytes()} is 0. */
    public void life(@Nullable ItemInit life) {
        imports.life(life);
    }

    /**
     * Makes slabs in advance (uma_prealloc).
     *
     * @return false if the map is full
     */
    public boolean prealloc(long items, long flags) {
        return keg.prealloc(items, flags);
    }

    /** Whether items of that slab may be its. */
    public boolean owns(Slab slab) {
        return slab.keg != null && imports.has(slab.keg);
    }

    /** Whether items have reference counts. */
    public boolean counted() {
        return keg.counted();
    }

    /** Bytes of its keg's slabs. */
    public long slabBytes() {
        return keg.slabBytes();
    }

    /** Whether it was closed: no cache is given to a CPU any more, and nothing is kept. */
    boolean closed() {
        return closed;
    }

    /** What its items are accounted as by the layer above. */
    public int sizeClass() {
        return sizeClass;
    }

    /** The most items that a CPU's cache may hold. */
    int cacheItems() {
        return 2 * bucketMax;
    }

    int bucketItems() {
        return bucketItems;
    }

    Keg keg() {
        return keg;
    }

    /** Whether the keg is its own. */
    public boolean primary() {
        return primary;
    }

    /**
     * A bucket with at least one item, or null if there is no memory.
     *
     * @param cpu who asks; a wrong number costs time only
     */
    @Nullable
    Bucket fullBucket(int cpu, long flags) {
        BucketList own = shelf(cpu);
        Bucket bucket = own.poll();
        if (bucket == null) {
            bucket = fromOthers(own);
        }
        if (bucket != null) {
            return bucket;
        }
        grow();
        bucket = own.empty(bucketItems);
        bucket.count = imports.fetch(bucket.items, bucket.items.length, flags);
        if (bucket.count == 0) {
            own.keep(bucket);
            return null;
        }
        return bucket;
    }

    /** A bucket without items, of the wanted size. */
    Bucket emptyBucket(int cpu) {
        return shelf(cpu).empty(bucketItems);
    }

    /** Takes a bucket back: a full one into the depot, the items of another one into their slabs. */
    void put(int cpu, Bucket bucket) {
        BucketList own = shelf(cpu);
        if (bucket.count == 0 || !isFull(bucket) || !own.put(bucket, this)) {
            empty(own, bucket);
        }
    }

    private boolean isFull(Bucket bucket) {
        return bucket.count == bucket.items.length && bucket.count >= bucketItems;
    }

    /** Takes the items of a bucket back into their slabs. */
    private void empty(BucketList shelf, Bucket bucket) {
        if (bucket.count != 0) {
            imports.release(bucket.items, bucket.count);
            bucket.count = 0;
        }
        if (bucket.items.length == bucketItems && !closed) {
            shelf.keep(bucket);
        }
    }

    /** Takes items back that are in no cache. */
    void release(int[] items, int count) {
        imports.release(items, count);
    }

    /** Empties the depot, and wants smaller buckets. */
    void drain() {
        lock.lock();
        try {
            bucketItems = Math.max(bucketMin, bucketItems / 2);
        } finally {
            lock.unlock();
        }
        for (BucketList shelf : shelves()) {
            shelf.clear();
            for (Bucket bucket = shelf.poll(); bucket != null; bucket = shelf.poll()) {
                empty(shelf, bucket);
            }
        }
    }

    /**
     * Gives back the full buckets that nobody asked for since the last call: the least there were at any time is what the zone's
     * working set did not need.
     */
    void trim() {
        for (BucketList shelf : shelves()) {
            for (int idle = shelf.idle(); idle > 0; idle--) {
                Bucket bucket = shelf.pollOldest();
                if (bucket == null) {
                    break;
                }
                empty(shelf, bucket);
            }
            shelf.restart();
        }
    }

    /** From now on nothing is kept; what there is, is left to {@link #drain()}. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether giving items back may call a driver. */
    boolean callsDriver() {
        return imports.lives().stream().anyMatch(ItemInit::callsDriver);
    }

    /** Tells which callback has not returned for a second. */
    void tellLate() {
        imports.lives().forEach(ItemInit::tellLate);
    }

    /** Items in the depot, and in slabs if they are this zone's. */
    long free() {
        long slabs = primary ? keg.free() : 0;
        return depotItems() + slabs;
    }

    /** Items in the depot. */
    long depotItems() {
        return shelves().stream().mapToLong(BucketList::items).sum();
    }

    /** The kegs that its items come from, the first one first. */
    List<Keg> kegs() {
        return imports.kegs();
    }

    /** Keeps as many full buckets of a CPU's items as may be, and gives the rest back to the slabs. */
    void putItems(int cpu, int[] items) {
        int from = 0;
        while (!closed && items.length - from >= bucketItems) {
            Bucket bucket = emptyBucket(cpu);
            bucket.count = Math.min(bucket.items.length, items.length - from);
            System.arraycopy(items, from, bucket.items, 0, bucket.count);
            from += bucket.count;
            put(cpu, bucket);
        }
        int[] rest = Arrays.copyOfRange(items, from, items.length);
        imports.release(rest, rest.length);
    }

    /** The depot was not enough for the demand, or the cache not for the supply. */
    void grow() {
        if (bucketItems == bucketMax) {
            return;
        }
        lock.lock();
        try {
            bucketItems = Math.min(bucketMax, bucketItems * 2);
        } finally {
            lock.unlock();
        }
    }

    /**
     * A full bucket of another CPU's, or null if there is none: first one that costs no wait, then any. Who took new items from the keg instead of waiting would
     * take more and more, since what others free piles up on their shelves.
     */
    private @Nullable Bucket fromOthers(BucketList own) {
        Bucket bucket = fromOthers(own, BucketList::steal);
        return bucket == null ? fromOthers(own, BucketList::pollOldest) : bucket;
    }

    private @Nullable Bucket fromOthers(BucketList own, Function<BucketList, @Nullable Bucket> way) {
        for (BucketList shelf : shelves) {
            Bucket bucket = shelf == null || shelf.equals(own) || shelf.items() == 0 ? null : way.apply(shelf);
            if (bucket != null) {
                return bucket;
            }
        }
        return null;
    }

    private BucketList shelf(int cpu) {
        BucketList shelf = shelves[cpu & (SHELVES - 1)];
        return shelf == null ? addShelf(cpu & (SHELVES - 1)) : shelf;
    }

    private BucketList addShelf(int place) {
        lock.lock();
        try {
            BucketList shelf = shelves[place];
            if (shelf == null) {
                shelf = new BucketList();
                shelves[place] = shelf;
            }
            return shelf;
        } finally {
            lock.unlock();
        }
    }

    private List<BucketList> shelves() {
        lock.lock();
        try {
            return Arrays.stream(shelves).filter(Objects::nonNull).toList();
        } finally {
            lock.unlock();
        }
    }
}
