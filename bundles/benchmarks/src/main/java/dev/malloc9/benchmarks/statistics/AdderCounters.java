package dev.malloc9.benchmarks.statistics;

import java.util.concurrent.atomic.LongAdder;

/** The counters made of {@link LongAdder}, the JDK's striped atomics. Under contention two threads share a cell only by chance. */
final class AdderCounters extends Counters {

    private final LongAdder allocs = new LongAdder();
    private final LongAdder allocated = new LongAdder();
    private final LongAdder frees = new LongAdder();
    private final LongAdder freed = new LongAdder();

    @Override
    public long malloc(int bytes) {
        allocs.increment();
        allocated.add(bytes);
        return 0;
    }

    @Override
    public void free(long block) {
        frees.increment();
        freed.add(BYTES);
    }

    @Override
    public Totals totals() {
        return new Totals(allocs.sum(), allocated.sum(), frees.sum(), freed.sum());
    }
}
