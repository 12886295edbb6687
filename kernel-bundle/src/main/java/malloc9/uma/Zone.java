package malloc9.uma;

import java.util.ArrayDeque;
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
 *   <li>Invariants: a bucket in the depot is full.
 *   <li>Cost: some tens of nanoseconds a bucket from the depot.
 *   <li>Differs from BSD: buckets have one size a zone; the depot is drained on demand and when the map is full.
 * </ul>
 */
public final class Zone {

    private static final int BUCKET_MAX = Cache.MAX / 2;
    private static final int BUCKET_MIN = 2;
    private static final int BUCKET_BYTES = 128 << 10;

    private final String name;
    private final int number;
    private final int sizeClass;
    private final long itemBytes;
    private final int bucketItems;
    private final Keg keg;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by lock. */
    private final ArrayDeque<Bucket> full = new ArrayDeque<>();

    /** Guarded by lock. */
    private final ArrayDeque<Bucket> spare = new ArrayDeque<>();

    /** Requests that found no memory. Guarded by lock. */
    private long failures;

    Zone(String name, int number, int sizeClass, long itemBytes, Keg keg) {
        this.name = name;
        this.number = number;
        this.sizeClass = sizeClass;
        this.itemBytes = itemBytes;
        this.bucketItems = Math.clamp(BUCKET_BYTES / itemBytes, BUCKET_MIN, BUCKET_MAX);
        this.keg = keg;
    }

    /** The name that {@code vmstat -z} shows. */
    public String name() {
        return name;
    }

    /** Bytes of an item. */
    public long itemBytes() {
        return itemBytes;
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

    /** Which zone this is. */
    public int number() {
        return number;
    }

    /** What its items are accounted as by the layer above. */
    public int sizeClass() {
        return sizeClass;
    }

    /** The most items that a CPU's cache may hold. */
    int cacheItems() {
        return 2 * bucketItems;
    }

    int bucketItems() {
        return bucketItems;
    }

    /** A bucket with at least one item, or null if there is no memory. */
    @Nullable
    Bucket fullBucket() {
        Bucket bucket = pollFull();
        if (bucket != null) {
            return bucket;
        }
        bucket = emptyBucket();
        bucket.count = keg.fetch(bucket.items, bucket.items.length);
        if (bucket.count == 0) {
            put(bucket);
            return null;
        }
        return bucket;
    }

    /** A bucket without items. */
    Bucket emptyBucket() {
        lock.lock();
        try {
            Bucket bucket = spare.pollFirst();
            return bucket == null ? new Bucket(bucketItems) : bucket;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a bucket back: a full one into the depot, the items of another one into their slabs. */
    void put(Bucket bucket) {
        if (bucket.count != bucket.items.length) {
            empty(bucket);
            return;
        }
        lock.lock();
        try {
            full.addFirst(bucket);
        } finally {
            lock.unlock();
        }
    }

    /** Takes items back that are in no cache. */
    void release(int[] items, int count) {
        keg.release(items, count);
    }

    /** Empties the depot, and the keg of its empty slabs. */
    void drain() {
        for (Bucket bucket = pollFull(); bucket != null; bucket = pollFull()) {
            empty(bucket);
        }
        keg.drain();
    }

    void countFailure() {
        lock.lock();
        try {
            failures++;
        } finally {
            lock.unlock();
        }
    }

    /** Free items in the depot and in slabs. */
    long free() {
        lock.lock();
        try {
            return (long) full.size() * bucketItems + keg.free();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Bucket pollFull() {
        lock.lock();
        try {
            return full.pollFirst();
        } finally {
            lock.unlock();
        }
    }

    private void empty(Bucket bucket) {
        keg.release(bucket.items, bucket.count);
        bucket.count = 0;
        lock.lock();
        try {
            spare.addFirst(bucket);
        } finally {
            lock.unlock();
        }
    }
}
