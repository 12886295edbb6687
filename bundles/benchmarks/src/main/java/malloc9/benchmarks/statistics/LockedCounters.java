package malloc9.benchmarks.statistics;

import java.util.concurrent.locks.ReentrantLock;

/** FreeBSD before the commit: one lock a type around plain counters. */
final class LockedCounters extends Counters {

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock, as all counters. */
    private long allocs;

    private long allocated;
    private long frees;
    private long freed;

    @Override
    public long malloc(int bytes) {
        lock.lock();
        try {
            allocs++;
            allocated += bytes;
        } finally {
            lock.unlock();
        }
        return 0;
    }

    @Override
    public void free(long block) {
        lock.lock();
        try {
            frees++;
            freed += BYTES;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Totals totals() {
        lock.lock();
        try {
            return new Totals(allocs, allocated, frees, freed);
        } finally {
            lock.unlock();
        }
    }
}
