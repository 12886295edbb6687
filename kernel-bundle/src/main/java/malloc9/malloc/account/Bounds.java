package malloc9.malloc.account;

import java.util.function.LongSupplier;
import malloc9.api.runtime.Level;
import malloc9.api.runtime.LimitInfo;

/** What the operator has set for a type or a module: a budget of bytes, failures on purpose, a level. */
public final class Bounds {

    public final FailureInjection failures = new FailureInjection();
    public final Budget budget;

    /** Whether the budget has a limit, or is about to get one. Written under the lock of {@code Watches}. */
    public volatile boolean limited;

    /** How closely blocks are watched. Written under the lock of {@code Watches}. */
    public volatile Level level = Level.R;

    /** @param gather refunds what is charged but not in use */
    public Bounds(Runnable gather, LongSupplier nanos) {
        this.budget = new Budget(gather, nanos);
    }

    /** Whether anything is set. */
    public boolean isOn() {
        return limited || failures.isOn() || level != Level.R;
    }

    public LimitInfo info() {
        return new LimitInfo(
                zeroIfNone(budget.soft()),
                zeroIfNone(budget.hard()),
                limited ? Math.max(0, budget.used()) : 0,
                budget.waiting());
    }

    private static long zeroIfNone(long limit) {
        return limit == Budget.UNLIMITED ? 0 : limit;
    }
}
