package dev.malloc9.malloc.account;

import dev.malloc9.api.runtime.FailureInfo;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A failure injector that makes every n-th request with M_NOWAIT fail (MALLOC_MAKE_FAILURES). The kernel, each module and each type have
 * one. It tests whether a driver handles failed requests. Callers never ask it about requests with M_WAITOK, so that these never fail.
 */
public final class FailureInjection {

    /** The number of requests with M_NOWAIT that were counted while the rate was not 0. Never reset. */
    private final AtomicLong nowaits = new AtomicLong();

    /** The number of injected failures. Never reset. */
    private final AtomicLong failures = new AtomicLong();

    /** The rate: one request in this many fails; 0 if none fails. */
    private volatile int rate;

    /**
     * Sets the rate.
     *
     * @param every the number of requests per failure, not negative; 0 for no failures, and then no request is counted
     */
    public void rate(int every) {
        rate = every;
    }

    /** Returns whether the rate is not 0. */
    public boolean isOn() {
        return rate != 0;
    }

    /** Counts a request with M_NOWAIT, and returns whether it is to fail. If the rate is 0, counts nothing and returns false. */
    public boolean fails() {
        int every = rate;
        if (every == 0 || nowaits.incrementAndGet() % every != 0) {
            return false;
        }
        failures.incrementAndGet();
        return true;
    }

    /** Returns the rate and the two counts. They are read one after the other, without a lock. */
    public FailureInfo info() {
        return new FailureInfo(rate, nowaits.get(), failures.get());
    }
}
