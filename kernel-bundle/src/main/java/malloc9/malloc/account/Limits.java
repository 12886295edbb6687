package malloc9.malloc.account;

import java.util.function.LongSupplier;
import malloc9.api.runtime.Level;
import malloc9.api.runtime.LimitInfo;

/** What the operator has set for a type or a module: a budget of bytes, failures on purpose, a level. */
public final class Limits {

    public final FailureInjection failures = new FailureInjection();
    public final Quota quota;

    /** Whether the budget has a limit, or is about to get one. Written under the lock of {@code Watches}. */
    public volatile boolean limited;

    /** How closely blocks are watched. Written under the lock of {@code Watches}. */
    public volatile Level level = Level.R;

    /** @param gather refunds what is charged but not in use */
    public Limits(Runnable gather, LongSupplier nanos) {
        this.quota = new Quota(gather, nanos);
    }

    /** Whether anything is set. */
    public boolean isOn() {
        return limited || failures.isOn() || level != Level.R;
    }

    public LimitInfo info() {
        return new LimitInfo(
                zeroIfNone(quota.soft()),
                zeroIfNone(quota.hard()),
                limited ? Math.max(0, quota.used()) : 0,
                quota.waiting());
    }

    private static long zeroIfNone(long limit) {
        return limit == Quota.UNLIMITED ? 0 : limit;
    }
}
