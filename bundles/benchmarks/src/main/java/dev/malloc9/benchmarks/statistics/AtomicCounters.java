package dev.malloc9.benchmarks.statistics;

import java.util.concurrent.atomic.AtomicLong;

/** The counters made of atomics that all threads share. */
final class AtomicCounters extends Counters {

    private final AtomicLong allocs = new AtomicLong();
    private final AtomicLong allocated = new AtomicLong();
    private final AtomicLong frees = new AtomicLong();
    private final AtomicLong freed = new AtomicLong();

    @Override
    public long malloc(int bytes) {
        allocs.getAndIncrement();
        allocated.getAndAdd(bytes);
        return 0;
    }

    @Override
    public void free(long block) {
        frees.getAndIncrement();
        freed.getAndAdd(BYTES);
    }

    @Override
    public Totals totals() {
        return new Totals(allocs.get(), allocated.get(), frees.get(), freed.get());
    }
}
