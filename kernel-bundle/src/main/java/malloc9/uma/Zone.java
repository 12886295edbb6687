package malloc9.uma;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A zone hands out items of one size (struct uma_zone): buckets of them to the CPUs' caches, from a depot of full
 * buckets, which a keg fills.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a depot of full buckets, a heap of empty ones.
 *   <li>Concurrency: one lock, taken once in as many operations as a bucket has room, never inside a critical section:
 *       who waits for it may find himself on another CPU afterwards and looks up his cache anew.
 *   <li>Invariants: a bucket in the depot is full, and has the wanted size or more; a closed zone keeps nothing.
 *   <li>Cost: some tens of nanoseconds a bucket from the depot.
 *   <li>Differs from BSD: the wanted size (uz_count) doubles with each bucket that the depot did not have, where BSD adds
 *       one, and is halved by each drain; a bucket that has become too small is given up when it comes back. A bucket
 *       holds at most 128 KiB, so that caches of large items stay small. The depot is drained on demand and when the map is full.
 * </ul>
 */
public final class Zone {

    private static final int BUCKET_MAX = Cache.MAX / 2;
    private static final int BUCKET_MIN = 2;
    private static final int BUCKET_BYTES = 128 << 10;

    /** The first bucket is that much smaller than the largest. */
    private static final int BUCKET_GROWTH = 8;

    private final String name;
    private final int number;
    private final int sizeClass;
    private final long itemBytes;
    private final int bucketMax;
    private final int bucketMin;
    private final Keg keg;
    private final boolean primary;
    private final Imports imports;
    private final ReentrantLock lock = new ReentrantLock();

    /** The size of new buckets (uz_count). Written under lock. */
    private volatile int bucketItems;

    /** Guarded by lock. */
    private final ArrayDeque<Bucket> full = new ArrayDeque<>();

    /** Guarded by lock. */
    private final ArrayDeque<Bucket> spare = new ArrayDeque<>();

    /** Items in the depot. Guarded by lock. */
    private long depotItems;

    /** The fewest full buckets since the last trim. Guarded by lock. */
    private int idleBuckets;

    /** Requests that found no memory. Guarded by lock. */
    private long failures;

    /** Written under lock. */
    private volatile boolean closed;

    Zone(String name, int number, int sizeClass, long itemBytes, Keg keg) {
        this(name, number, sizeClass, itemBytes, keg, keg, true, false);
    }

    /**
     * A zone without items.
     *
     * @param keg its keg, or the first of several
     * @param source where its items come from: that keg, or the set of them
     * @param primary whether the keg's items are this zone's, for the statistics
     * @param maxBucket whether buckets have their full size at once (UMA_ZONE_MAXBUCKET)
     */
    Zone(
            String name,
            int number,
            int sizeClass,
            long itemBytes,
            Keg keg,
            ItemSource source,
            boolean primary,
            boolean maxBucket) {
        this.name = name;
        this.number = number;
        this.sizeClass = sizeClass;
        this.itemBytes = itemBytes;
        this.bucketMax = Math.clamp(BUCKET_BYTES / itemBytes, BUCKET_MIN, BUCKET_MAX);
        this.bucketMin = maxBucket ? bucketMax : Math.max(BUCKET_MIN, bucketMax / BUCKET_GROWTH);
        this.bucketItems = bucketMin;
        this.keg = keg;
        this.primary = primary;
        this.imports = new Imports(source);
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
    public void kegLife(@Nullable ItemLife life) {
        keg.life(life);
    }

    /** Replaces what is done to items between slabs and zone; right only while {@link #slabBytes()} is 0. */
    public void life(@Nullable ItemLife life) {
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

    /** A bucket with at least one item, or null if there is no memory. */
    @Nullable
    Bucket fullBucket(long flags) {
        Bucket bucket = pollFull();
        if (bucket != null) {
            return bucket;
        }
        grow();
        bucket = emptyBucket();
        bucket.count = imports.fetch(bucket.items, bucket.items.length, flags);
        if (bucket.count == 0) {
            put(bucket);
            return null;
        }
        return bucket;
    }

    /** A bucket without items, of the wanted size. */
    Bucket emptyBucket() {
        lock.lock();
        try {
            Bucket bucket = spare.pollFirst();
            return bucket == null || bucket.items.length != bucketItems ? new Bucket(bucketItems) : bucket;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a bucket back: a full one into the depot, the items of another one into their slabs. */
    void put(Bucket bucket) {
        if (!keep(bucket)) {
            empty(bucket);
        }
    }

    /** Takes the items of a bucket back into their slabs. */
    void empty(Bucket bucket) {
        imports.release(bucket.items, bucket.count);
        bucket.count = 0;
        lock.lock();
        try {
            if (bucket.items.length == bucketItems && !closed) {
                spare.addFirst(bucket);
            }
        } finally {
            lock.unlock();
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
            spare.clear();
        } finally {
            lock.unlock();
        }
        for (Bucket bucket = pollFull(); bucket != null; bucket = pollFull()) {
            empty(bucket);
        }
    }

    /**
     * Gives back the full buckets that nobody asked for since the last call: the least there were at any time is what the zone's
     * working set did not need.
     */
    void trim() {
        int idle;
        lock.lock();
        try {
            idle = idleBuckets;
        } finally {
            lock.unlock();
        }
        for (; idle > 0; idle--) {
            Bucket bucket = pollOldest();
            if (bucket == null) {
                break;
            }
            empty(bucket);
        }
        lock.lock();
        try {
            idleBuckets = full.size();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Bucket pollOldest() {
        lock.lock();
        try {
            return polled(full.pollLast());
        } finally {
            lock.unlock();
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

    /** Items in the depot, and in slabs if they are this zone's. */
    long free() {
        long slabs = primary ? keg.free() : 0;
        lock.lock();
        try {
            return depotItems + slabs;
        } finally {
            lock.unlock();
        }
    }

    /** Items in the depot. */
    long depotItems() {
        lock.lock();
        try {
            return depotItems;
        } finally {
            lock.unlock();
        }
    }

    /** The kegs that its items come from, the first one first. */
    List<Keg> kegs() {
        return imports.kegs();
    }

    /** Keeps as many full buckets of items as may be, and gives the rest back to the slabs. */
    void putItems(int[] items) {
        int from = 0;
        while (!closed && items.length - from >= bucketItems) {
            Bucket bucket = emptyBucket();
            bucket.count = Math.min(bucket.items.length, items.length - from);
            System.arraycopy(items, from, bucket.items, 0, bucket.count);
            from += bucket.count;
            put(bucket);
        }
        int[] rest = Arrays.copyOfRange(items, from, items.length);
        imports.release(rest, rest.length);
    }

    /** The depot was not enough for the demand, or the cache not for the supply. */
    void grow() {
        lock.lock();
        try {
            bucketItems = Math.min(bucketMax, bucketItems * 2);
        } finally {
            lock.unlock();
        }
    }

    private boolean keep(Bucket bucket) {
        lock.lock();
        try {
            if (closed || bucket.count != bucket.items.length || bucket.count < bucketItems) {
                return false;
            }
            full.addFirst(bucket);
            depotItems += bucket.count;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Bucket pollFull() {
        lock.lock();
        try {
            return polled(full.pollFirst());
        } finally {
            lock.unlock();
        }
    }

    /** Counts a bucket out that was taken from the depot. Under lock. */
    private @Nullable Bucket polled(@Nullable Bucket bucket) {
        depotItems -= bucket == null ? 0 : bucket.count;
        idleBuckets = Math.min(idleBuckets, full.size());
        return bucket;
    }
}
