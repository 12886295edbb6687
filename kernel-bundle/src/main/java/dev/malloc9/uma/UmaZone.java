package dev.malloc9.uma;

import dev.malloc9.vm.KernelLock;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A zone that allocates items of one size (struct uma_zone). It passes buckets of items to the caches of the CPUs: full buckets from a
 * depot, or buckets that are filled from a keg.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a depot of full buckets, with one {@link BucketList} for each of 16 CPUs; more CPUs share them. If the bucket list of a CPU
 *       is empty, the lists of the other CPUs are searched before the keg is asked.
 *   <li>Concurrency: each bucket list has a lock, which is taken once in as many operations as a bucket has room. It is never taken inside
 *       a critical section. A virtual thread that waited for the lock may run on another CPU afterwards, so it looks its cache up again.
 *       The zone's own lock guards the wanted size, the number of failures and the table of bucket lists.
 *   <li>Invariants: a bucket in the depot is full, and had at least the wanted size when it was put there. A closed zone puts nothing into
 *       its depot.
 *   <li>Cost: some tens of nanoseconds for a bucket from the depot.
 *   <li>Differs from BSD: the wanted size of a bucket (uz_count) is halved by each drain. It doubles with each bucket that the depot did
 *       not have, and with each cache that is full; BSD adds one. A bucket that does not have the wanted size any more is discarded when it
 *       is emptied; a smaller one is emptied when it comes back. In a large map the wanted size begins at the maximum, because items of one
 *       bucket are adjacent. The smaller the buckets are, the more often two CPUs use items in the same cache line, which halves the speed
 *       of both. A bucket holds at most 512 KiB, and more than 64 items only up to 256 KiB, so that caches of large items stay small. A
 *       bucket always has room for two items, also if they are larger than that. Memory that was never touched is not backed by the OS. The
 *       depot is drained on demand, and if the map is full.
 * </ul>
 */
public final class UmaZone {

    private static final int BUCKET_MAX = Cache.MAX / 2;
    private static final int BUCKET_MIN = 2;

    /** The number of items above which the size of a bucket is limited by {@code BUCKET_LARGE_BYTES}. */
    private static final int BUCKET_LARGE = 64;

    /** The maximum bytes of a bucket that holds more than {@code BUCKET_LARGE} items. */
    private static final long BUCKET_LARGE_BYTES = 256 << 10;

    /** The maximum bytes of a bucket in a small map. */
    private static final long BUCKET_BYTES_LEAST = 128 << 10;

    /** The maximum bytes of a bucket in a large map. */
    private static final long BUCKET_BYTES = 512 << 10;

    /**
     * The divisor of the map's size that gives the share of one bucket. If a bucket of the maximum size fits into the share, the wanted
     * size begins at the maximum, else at the minimum. The share, within {@code BUCKET_BYTES_LEAST} and {@code BUCKET_BYTES}, is also the
     * limit of the bytes of a bucket.
     */
    private static final int BUCKET_SHARE = 2048;

    /** The factor by which drains make the buckets smaller at most. */
    private static final int BUCKET_SHRINKING = 8;

    /** The number of bucket lists, a power of two. If there are more CPUs, several CPUs share a list. */
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

    /** The bucket lists; the index is the number of the CPU modulo {@code SHELVES}. Null until first used. Written under {@code lock}. */
    private final @Nullable BucketList[] shelves = new BucketList[SHELVES];

    /** The wanted size of new buckets in items (uz_count). Written under {@code lock}. */
    private volatile int bucketItems;

    /** The number of requests that found no memory or were refused by an init function. Guarded by {@code lock}. */
    private long failures;

    /** True once the zone is out of service. Written under {@code lock}. */
    private volatile boolean closed;

    /** True once {@link #end} has returned all free items. */
    private volatile boolean ended;

    UmaZone(String name, int number, Keg keg) {
        this(name, number, keg, keg, true, false);
    }

    /**
     * Creates a zone without items.
     *
     * @param number the number of the zone, and of its cache in the slot of each CPU
     * @param keg the keg of the zone, or the first keg of several
     * @param source the source of the items: the given keg, or the set of kegs
     * @param primary whether the statistics count the items of the keg for this zone
     * @param maxBucket whether buckets keep their full size under memory pressure (UMA_ZONE_MAXBUCKET)
     */
    UmaZone(String name, int number, Keg keg, ItemImport source, boolean primary, boolean maxBucket) {
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

    /** Returns the name that {@code vmstat -z} shows. */
    public String name() {
        return name;
    }

    /** Returns the distance in bytes from one item to the next. */
    public long itemBytes() {
        return itemBytes;
    }

    /** Returns the number of the zone, which is also the number of its cache in the slot of each CPU. */
    public int number() {
        return number;
    }

    /** Returns the number of requests that found no memory or were refused by an init function. */
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

    /**
     * Replaces the init and fini of the items of the keg's slabs. May only be called while {@link #slabBytes()} is 0.
     *
     * @param life the new functions; null for none
     */
    public void kegLife(@Nullable ItemInit life) {
        keg.life(life);
    }

    /**
     * Replaces the init and fini that are called when an item passes between the slabs and the zone. May only be called while {@link
     * #slabBytes()} is 0.
     *
     * @param life the new functions; null for none
     */
    public void life(@Nullable ItemInit life) {
        imports.life(life);
    }

    /**
     * Creates slabs in advance (uma_prealloc). If that fails, the slabs that were created until then stay.
     *
     * @param items the number of items for which the slabs have room; 0 or less creates none
     * @param flags the malloc flags, for the init functions of the items
     * @return false if the map is full or the Java heap is exhausted
     * @throws dev.malloc9.api.zone.ItemFailed if the init function of the keg refuses an item
     */
    public boolean prealloc(long items, long flags) {
        return keg.prealloc(items, flags);
    }

    /**
     * Returns whether the slab belongs to one of the kegs of this zone. Items of such a slab may belong to another zone of the same keg.
     */
    public boolean owns(Slab slab) {
        return slab.keg != null && imports.has(slab.keg);
    }

    /** Returns whether the items have reference counts (UMA_ZONE_REFCNT). */
    public boolean counted() {
        return keg.counted();
    }

    /** Returns the bytes of all slabs of the keg; for a secondary zone, of its first keg. */
    public long slabBytes() {
        return keg.slabBytes();
    }

    /** Returns whether the zone is out of service: it keeps nothing, and no CPU gets a cache of it any more. */
    boolean closed() {
        return closed;
    }

    /** Returns the size class under which the layer above accounts for the items. */
    public int sizeClass() {
        return sizeClass;
    }

    /** Returns the maximum number of items in the cache of one CPU. */
    int cacheItems() {
        return 2 * bucketMax;
    }

    /** Returns the wanted size of new buckets in items (uz_count). */
    int bucketItems() {
        return bucketItems;
    }

    /** Returns the keg of the zone, or the first keg of a secondary zone. */
    Keg keg() {
        return keg;
    }

    /** Returns whether the zone was created together with its keg; false for a secondary zone. */
    public boolean primary() {
        return primary;
    }

    /**
     * Takes a bucket with at least one item: from the depot, else filled from the source of the zone.
     *
     * @param cpu the number of the caller's CPU; a wrong number only costs time
     * @param flags the malloc flags of the request, for the init functions
     * @return the bucket, or null if there is no memory
     * @throws dev.malloc9.api.zone.ItemFailed if an init function refuses an item before any item was fetched
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

    /**
     * Takes a bucket without items that has the wanted size.
     *
     * @param cpu the number of the caller's CPU; a wrong number only costs time
     */
    Bucket emptyBucket(int cpu) {
        return shelf(cpu).empty(bucketItems);
    }

    /**
     * Puts a bucket back, which the caller must not use afterwards. A full bucket of at least the wanted size goes to the depot, unless the
     * zone is closed. The items of any other bucket are returned to their slabs.
     *
     * @param cpu the number of the CPU that used the bucket
     */
    void put(int cpu, Bucket bucket) {
        BucketList own = shelf(cpu);
        if (bucket.count == 0 || !isFull(bucket) || !own.put(bucket, this)) {
            empty(own, bucket);
        }
    }

    /** Returns whether a bucket has no room left and has at least the wanted size. */
    private boolean isFull(Bucket bucket) {
        return bucket.count == bucket.items.length && bucket.count >= bucketItems;
    }

    /** Returns the items of a bucket to their slabs. Keeps the empty bucket if it has the wanted size and the zone is open. */
    private void empty(BucketList shelf, Bucket bucket) {
        if (bucket.count != 0) {
            imports.release(bucket.items, bucket.count);
            bucket.count = 0;
        }
        if (bucket.items.length == bucketItems && !closed) {
            shelf.keep(bucket);
        }
    }

    /** Returns items that are in no cache to their slabs. The fini of the zone is called for each item. */
    void release(int[] items, int count) {
        imports.release(items, count);
    }

    /** Empties the depot, and halves the wanted size of buckets down to the minimum of the zone. */
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
     * Empties the full buckets that no request needed since the last call. Their number is the smallest number of full buckets that the
     * depot had at any time since then. The first call empties none.
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

    /** Takes the zone out of service: from now on it keeps nothing. The buckets that are in the depot stay until {@link #drain()}. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the free items of a closed zone to the map. Called after its items were taken out of the caches of all CPUs. */
    void end() {
        drain();
        if (primary) {
            keg.end();
        }
        ended = true;
    }

    /** Returns whether the zone is closed and has no free item left; false while a callback delays {@link #end}. */
    boolean ended() {
        return ended;
    }

    /** Returns whether returning items may call a driver. */
    boolean callsDriver() {
        return imports.lives().stream().anyMatch(ItemInit::callsDriver);
    }

    /** Reports the callbacks that have not returned for a second. Called while such a callback is running. */
    void tellLate() {
        imports.lives().forEach(ItemInit::tellLate);
    }

    /** Returns the number of items in the depot, and for a primary zone also in the slabs. */
    long free() {
        long slabs = primary ? keg.free() : 0;
        return depotItems() + slabs;
    }

    /** Returns the number of items in the depot. */
    long depotItems() {
        return shelves().stream().mapToLong(BucketList::items).sum();
    }

    /** Returns the kegs from which the items come, in the order in which they were added. */
    List<Keg> kegs() {
        return imports.kegs();
    }

    /**
     * Returns the items of a CPU's cache to the zone. Puts as many full buckets as possible into the depot, and returns the other items to
     * their slabs. If the zone is closed, returns all items to their slabs.
     */
    void putItems(int cpu, int[] items) {
        int from = 0;
        try {
            while (!closed && items.length - from >= bucketItems) {
                Bucket bucket = emptyBucket(cpu);
                bucket.count = Math.min(bucket.items.length, items.length - from);
                System.arraycopy(items, from, bucket.items, 0, bucket.count);
                from += bucket.count;
                put(cpu, bucket);
            }
        } finally {
            // Also if the Java heap has no room for a bucket.
            int rest = items.length - from;
            System.arraycopy(items, from, items, 0, rest);
            imports.release(items, rest);
        }
    }

    /**
     * Doubles the wanted size of buckets up to the maximum. Called if the depot was empty for a request, or if a cache was full for a free.
     */
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
     * Takes a full bucket from the list of another CPU, or returns null if there is none. First tries the lists whose lock is free, then
     * waits for the locks.
     *
     * <p>The items that other threads free accumulate on the lists of their CPUs. A thread that takes items from the keg instead of waiting
     * would therefore take more and more new items.
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

    /** Returns the bucket list of a CPU, and creates it if necessary. */
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

    /** Returns the bucket lists that exist now. */
    private List<BucketList> shelves() {
        lock.lock();
        try {
            return Arrays.stream(shelves).filter(Objects::nonNull).toList();
        } finally {
            lock.unlock();
        }
    }
}
