package dev.malloc9.uma;

import dev.malloc9.vm.KernelLock;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A list of the buckets in a zone's depot that one CPU uses: the full buckets that the CPU has put there, and empty buckets (uzd_buckets).
 * If a zone has fewer lists than there are CPUs, several CPUs share a list.
 *
 * <p>A CPU takes back the items that it has freed, while they are still in the processor's cache. Two CPUs with different lists neither
 * wait for each other nor exchange items, as long as neither list runs empty.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // all writers hold the lock
final class BucketList {

    /**
     * The maximum number of empty buckets that are kept; more are left to the garbage collector. A CPU that only takes items that other
     * CPUs free would otherwise accumulate empty buckets.
     */
    static final int SPARE_MAX = 256;

    private final KernelLock lock = new KernelLock();

    /** The full buckets, the newest first. Guarded by {@code lock}. */
    private final ArrayDeque<Bucket> full = new ArrayDeque<>();

    /** The empty buckets, the newest first. Guarded by {@code lock}. */
    private final ArrayDeque<Bucket> spare = new ArrayDeque<>();

    /** The number of items in full buckets. Written under {@code lock}. */
    private volatile long items;

    /** The smallest number of full buckets since the last {@link #restart}. Guarded by {@code lock}. */
    private int idle;

    /** Returns the number of items in full buckets. */
    long items() {
        return items;
    }

    /** Takes the newest full bucket, or returns null if there is none. */
    @Nullable
    Bucket poll() {
        lock.lock();
        try {
            return taken(full.pollFirst());
        } finally {
            lock.unlock();
        }
    }

    /** Takes the oldest full bucket, or returns null if there is none. */
    @Nullable
    Bucket pollOldest() {
        lock.lock();
        try {
            return taken(full.pollLast());
        } finally {
            lock.unlock();
        }
    }

    /** Takes the oldest full bucket without waiting. Returns null if there is none, or if another thread holds the lock. */
    @Nullable
    Bucket steal() {
        if (!lock.tryLock()) {
            return null;
        }
        try {
            return taken(full.pollLast());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts a full bucket into the list, unless the zone is closed.
     *
     * @return false if the zone is closed; the bucket is not in the list then
     */
    boolean put(Bucket bucket, UmaZone zone) {
        lock.lock();
        try {
            if (zone.closed()) {
                return false;
            }
            full.addFirst(bucket);
            items += bucket.count;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes an empty bucket. If none is kept, creates a bucket. If the bucket that was kept last has another size, discards it and creates
     * one.
     *
     * @param size the size in items
     */
    Bucket empty(int size) {
        Bucket bucket;
        lock.lock();
        try {
            bucket = spare.pollFirst();
        } finally {
            lock.unlock();
        }
        return bucket == null || bucket.items.length != size ? new Bucket(size) : bucket;
    }

    /** Keeps an empty bucket for later, unless {@code SPARE_MAX} are kept already. */
    void keep(Bucket bucket) {
        lock.lock();
        try {
            if (spare.size() < SPARE_MAX) {
                spare.addFirst(bucket);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Discards the empty buckets. */
    void clear() {
        lock.lock();
        try {
            spare.clear();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the number of full buckets that no request needed since the last {@link #restart}: the smallest number at any time since
     * then. The number is 0 before the first restart.
     */
    int idle() {
        lock.lock();
        try {
            return idle;
        } finally {
            lock.unlock();
        }
    }

    /** Starts a new period for {@link #idle}, with the present number of full buckets. */
    void restart() {
        lock.lock();
        try {
            idle = full.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Counts a bucket that was just taken out of the full ones, and returns it. Called under {@code lock}.
     *
     * @param bucket the bucket, or null if none was taken
     */
    private @Nullable Bucket taken(@Nullable Bucket bucket) {
        items -= bucket == null ? 0 : bucket.count;
        idle = Math.min(idle, full.size());
        return bucket;
    }
}
