package dev.malloc9.benchmarks.statistics;

import java.util.concurrent.locks.ReentrantLock;

/** The counters of FreeBSD before its commit 7035f9f56a: plain counters under one lock per type. */
final class LockedCounters extends Counters {

    private final ReentrantLock lock = new ReentrantLock();

    /** The number of blocks allocated. Guarded by {@code lock}, as are all counters. */
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
