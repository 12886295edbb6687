package malloc9.benchmarks.statistics;

import malloc9.benchmarks.allocators.Addresses;

/**
 * The statistics of one type, without the allocator: malloc counts a block and its bytes, free counts them back.
 *
 * <p>Every block is of {@link #BYTES} bytes, which is what a free would learn from the block.
 */
public abstract sealed class Counters implements Addresses
        permits PerCpuCounters, LockedCounters, AtomicCounters, AdderCounters {

    /** Of every block. */
    public static final int BYTES = 64;

    /**
     * What was counted; exact when nobody counts.
     *
     * @param allocs blocks
     * @param allocated bytes
     * @param frees blocks
     * @param freed bytes
     */
    public record Totals(long allocs, long allocated, long frees, long freed) {}

    @Override
    public final long zeroed(int bytes) {
        return malloc(bytes);
    }

    /** Sums up. */
    public abstract Totals totals();
}
