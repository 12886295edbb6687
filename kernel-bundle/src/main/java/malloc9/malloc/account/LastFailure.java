package malloc9.malloc.account;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** When a request with M_NOWAIT last got nothing, in truth or by injection; the kernel's boot, before any did. */
public final class LastFailure {

    private final LongSupplier nanos;
    private volatile long at;

    /** @param nanos the clock */
    public LastFailure(LongSupplier nanos) {
        this.nanos = nanos;
        this.at = nanos.getAsLong();
    }

    public void stamp() {
        at = nanos.getAsLong();
    }

    /** Whole seconds since (malloc_last_fail). */
    public long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong() - at);
    }
}
