package dev.malloc9.benchmarks.statistics;

import dev.malloc9.benchmarks.allocators.Addresses;

/**
 * The statistics of one type without an allocator. malloc counts a block and the requested bytes, and returns 0 as the address. free has
 * no block that tells the size, and counts a block and {@link #BYTES} bytes.
 */
public abstract sealed class Counters implements Addresses
        permits PerCpuCounters, LockedCounters, AtomicCounters, AdderCounters {

    /** The size of each block that is freed, in bytes. */
    public static final int BYTES = 64;

    /**
     * The sums of the counters; exact if no thread counts at the time.
     *
     * @param allocs the number of blocks allocated
     * @param allocated the number of bytes allocated
     * @param frees the number of blocks freed
     * @param freed the number of bytes freed
     */
    public record Totals(long allocs, long allocated, long frees, long freed) {}

    @Override
    public final long zeroed(int bytes) {
        return malloc(bytes);
    }

    /** Returns the sums over all threads. */
    public abstract Totals totals();
}
