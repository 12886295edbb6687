package malloc9.malloc.account;

import java.util.concurrent.atomic.AtomicLong;
import malloc9.api.runtime.FailureInfo;

/**
 * Makes every n-th request with M_NOWAIT fail (MALLOC_MAKE_FAILURES), of a kernel, a module or a type: a driver shows
 * whether it can bear it. M_WAITOK is never failed.
 */
public final class FailureInjection {

    private final AtomicLong nowaits = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile int rate;

    /** Every how many; 0 for none, and then nothing is counted either. */
    public void rate(int every) {
        rate = every;
    }

    /** Whether any fail. */
    public boolean isOn() {
        return rate != 0;
    }

    /** Counts a request with M_NOWAIT; true if it is to fail. */
    public boolean fails() {
        int every = rate;
        if (every == 0 || nowaits.incrementAndGet() % every != 0) {
            return false;
        }
        failures.incrementAndGet();
        return true;
    }

    public FailureInfo info() {
        return new FailureInfo(rate, nowaits.get(), failures.get());
    }
}
