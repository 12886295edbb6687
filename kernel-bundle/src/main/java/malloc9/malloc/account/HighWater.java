package malloc9.malloc.account;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The high-water marks of a type: the most bytes and blocks seen in use (FreeBSD's ks_maxused, lost there in 2005).
 *
 * <p>Nothing is counted for them: they are raised when the counters are summed anyway, at bucket exchanges once a
 * millisecond, and whenever page runs reach a new height of their own. So they are exact for a type that has page runs only,
 * and may miss a peak of items between two looks.
 */
public final class HighWater {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final LongSupplier nanos;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong blocks = new AtomicLong();
    private final AtomicLong runBytes = new AtomicLong();
    private final AtomicLong runHigh = new AtomicLong();

    /** When it was last looked. Written by who looks; two may at once. */
    private volatile long looked;

    public HighWater(LongSupplier nanos) {
        this.nanos = nanos;
        this.looked = nanos.getAsLong() - PAUSE_NANOS;
    }

    /** Whether it is time to look again. */
    public boolean isDue() {
        long now = nanos.getAsLong();
        if (now - looked < PAUSE_NANOS) {
            return false;
        }
        looked = now;
        return true;
    }

    /** Counts a page run; true if page runs are higher than ever. */
    public boolean runAllocated(long size) {
        long now = runBytes.addAndGet(size);
        return now > runHigh.get() && runHigh.accumulateAndGet(now, Math::max) == now;
    }

    public void runFreed(long size) {
        runBytes.addAndGet(-size);
    }

    /** Takes what is in use for the most, if it is. */
    public void raise(long bytesInUse, long blocksInUse) {
        if (bytesInUse > bytes.get()) {
            bytes.accumulateAndGet(bytesInUse, Math::max);
        }
        if (blocksInUse > blocks.get()) {
            blocks.accumulateAndGet(blocksInUse, Math::max);
        }
    }

    public long bytes() {
        return bytes.get();
    }

    public long blocks() {
        return blocks.get();
    }
}
