package dev.malloc9.malloc.account;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The high-water marks of a type: the largest observed numbers of bytes and of blocks in use (FreeBSD's ks_maxused, removed there in 2005).
 *
 * <p>The fast path does no work for them. They are raised when the total of the counters is computed for another purpose, and after each
 * allocation under a policy. They are sampled whenever the bytes in page runs reach a new maximum, and after each allocation that another
 * allocator accounts to the type. If an allocation finds its CPU's cache empty, they are also sampled, at most once in a millisecond. The
 * mark of bytes is therefore exact for a type that has only page runs, as long as its requests do not overlap. The marks may miss a peak of
 * items, and a peak of the number of blocks, between two samples.
 */
public final class HighWater {

    /** The shortest interval between two samples. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** The clock, in nanoseconds. */
    private final LongSupplier nanos;

    /** The largest observed number of bytes in use. */
    private final AtomicLong bytes = new AtomicLong();

    /** The largest observed number of blocks in use. */
    private final AtomicLong blocks = new AtomicLong();

    /** The bytes in page runs and guarded blocks now. */
    private final AtomicLong runBytes = new AtomicLong();

    /** The largest value that {@code runBytes} has had. */
    private final AtomicLong runHigh = new AtomicLong();

    /**
     * The time at which {@link #isDue()} last returned true, in nanoseconds of the clock. Written without a lock; two threads may sample at
     * the same time.
     */
    private volatile long looked;

    /**
     * Creates marks of 0. The first sample is due at once.
     *
     * @param nanos the clock, in nanoseconds
     */
    public HighWater(LongSupplier nanos) {
        this.nanos = nanos;
        this.looked = nanos.getAsLong() - PAUSE_NANOS;
    }

    /**
     * Returns whether at least 1 ms has passed since this method last returned true; the first call returns true. If so, records the time,
     * and the caller samples the counters. Of concurrent calls, several may return true.
     */
    public boolean isDue() {
        long now = nanos.getAsLong();
        if (now - looked < PAUSE_NANOS) {
            return false;
        }
        looked = now;
        return true;
    }

    /**
     * Counts a page run or a guarded block that was allocated.
     *
     * @param size the accounted size in bytes
     * @return true if the bytes in page runs have reached a new maximum; the caller then samples the counters
     */
    public boolean runAllocated(long size) {
        long now = runBytes.addAndGet(size);
        return now > runHigh.get() && runHigh.accumulateAndGet(now, Math::max) == now;
    }

    /**
     * Counts a page run or a guarded block that was freed.
     *
     * @param size the accounted size in bytes
     */
    public void runFreed(long size) {
        runBytes.addAndGet(-size);
    }

    /** Raises each high-water mark to the current usage if that is larger. */
    public void raise(long bytesInUse, long blocksInUse) {
        if (bytesInUse > bytes.get()) {
            bytes.accumulateAndGet(bytesInUse, Math::max);
        }
        if (blocksInUse > blocks.get()) {
            blocks.accumulateAndGet(blocksInUse, Math::max);
        }
    }

    /** Returns the largest observed number of bytes in use. */
    public long bytes() {
        return bytes.get();
    }

    /** Returns the largest observed number of blocks in use. */
    public long blocks() {
        return blocks.get();
    }
}
