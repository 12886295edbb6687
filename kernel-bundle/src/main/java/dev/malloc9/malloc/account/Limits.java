package dev.malloc9.malloc.account;

import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.LimitInfo;
import java.util.function.LongSupplier;

/** The settings of the operator for one type or one module: a quota of bytes, failure injection and a level. */
public final class Limits {

    /** The failure injection for requests of this type or module. */
    public final FailureInjection failures = new FailureInjection();

    /** The quota of bytes. Its sum is up to date only while each type of the quota has a {@code SlowPathPolicy}. */
    public final Quota quota;

    /** True if the quota has a limit or is about to get one. Written under the lock of {@code KernelPolicy}. */
    public volatile boolean limited;

    /** The level of checking for new blocks. Written under the lock of {@code KernelPolicy}. */
    public volatile Level level = Level.R;

    /**
     * Creates settings that restrict nothing.
     *
     * @param gather the action that returns the types' unused reservations to the quota
     * @param nanos the clock for the interval between two alarms of the soft limit, in nanoseconds
     */
    public Limits(Runnable gather, LongSupplier nanos) {
        this.quota = new Quota(gather, nanos);
    }

    /** Returns whether any setting is active, so that the requests must take the slow path. */
    public boolean isOn() {
        return limited || failures.isOn() || level != Level.R;
    }

    /**
     * Returns the limits, the usage in bytes and the number of waiting requests. A limit that is not set is 0. The usage is 0 if no limit
     * is set, because the quota's sum is valid only under a policy.
     */
    public LimitInfo info() {
        return new LimitInfo(
                zeroIfNone(quota.soft()),
                zeroIfNone(quota.hard()),
                limited ? Math.max(0, quota.used()) : 0,
                quota.waiting());
    }

    /** Returns the limit in bytes, or 0 for {@link Quota#UNLIMITED}. */
    private static long zeroIfNone(long limit) {
        return limit == Quota.UNLIMITED ? 0 : limit;
    }
}
