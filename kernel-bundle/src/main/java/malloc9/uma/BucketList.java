package malloc9.uma;

import java.util.ArrayDeque;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * A shelf is one CPU's part of a zone's depot: the full buckets that it has put there, and empty ones.
 *
 * <p>What a CPU gives back it gets again, while it is still in the processor's cache, and two CPUs that work on sets of their
 * own neither wait for each other nor exchange their items.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // all writers hold the lock
final class BucketList {

    /** Empty buckets beyond that are garbage: who only takes what others free would pile them up. */
    static final int SPARE_MAX = 256;

    private final KernelLock lock = new KernelLock();

    /** Guarded by lock. */
    private final ArrayDeque<Bucket> full = new ArrayDeque<>();

    /** Guarded by lock. */
    private final ArrayDeque<Bucket> spare = new ArrayDeque<>();

    /** Items in full buckets. Written under lock. */
    private volatile long items;

    /** The fewest full buckets since the last trim. Guarded by lock. */
    private int idle;

    /** Items there are. */
    long items() {
        return items;
    }

    /** The full bucket that came last, or null. */
    @Nullable
    Bucket poll() {
        lock.lock();
        try {
            return taken(full.pollFirst());
        } finally {
            lock.unlock();
        }
    }

    /** The full bucket that came first, or null. */
    @Nullable
    Bucket pollOldest() {
        lock.lock();
        try {
            return taken(full.pollLast());
        } finally {
            lock.unlock();
        }
    }

    /** The full bucket that came first, or null, also if it would have to be waited for. */
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

    /** Puts a full bucket there, unless its zone is closed by now. */
    boolean put(Bucket bucket, Zone zone) {
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

    /** A bucket without items, of that size. */
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

    /** Keeps an empty bucket for later, unless there are plenty. */
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

    /** Forgets the empty buckets. */
    void clear() {
        lock.lock();
        try {
            spare.clear();
        } finally {
            lock.unlock();
        }
    }

    /** How many full buckets nobody asked for since this was called last: what the working set did not need. */
    int idle() {
        lock.lock();
        try {
            return idle;
        } finally {
            lock.unlock();
        }
    }

    /** From now on another while is looked at. */
    void restart() {
        lock.lock();
        try {
            idle = full.size();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Bucket taken(@Nullable Bucket bucket) {
        items -= bucket == null ? 0 : bucket.count;
        idle = Math.min(idle, full.size());
        return bucket;
    }
}
