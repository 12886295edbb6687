package dev.malloc9.malloc.account;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time of the last request of malloc with M_NOWAIT that failed, by a lack of memory, a limit or an injected failure. A contigmalloc
 * that finds no hole does not count. Before the first failure, the time at which this object was made (the kernel's boot).
 */
public final class LastFailure {

    /** The clock, in nanoseconds. */
    private final LongSupplier nanos;

    /** The time of the last failure in nanoseconds of the clock. Concurrent failures may overwrite each other. */
    private volatile long at;

    /** @param nanos the clock, in nanoseconds */
    public LastFailure(LongSupplier nanos) {
        this.nanos = nanos;
        this.at = nanos.getAsLong();
    }

    /** Records a failure at the present time. */
    public void stamp() {
        at = nanos.getAsLong();
    }

    /** Returns the whole seconds since the last failure, or since the boot if there was none (malloc_last_fail). */
    public long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong() - at);
    }
}
