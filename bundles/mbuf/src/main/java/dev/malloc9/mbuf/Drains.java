package dev.malloc9.mbuf;

import dev.malloc9.api.runtime.LowMemoryHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The registry of the protocols' drain routines, which are called when memory is low (mb_reclaim, pr_drain). For any number of threads. */
public final class Drains implements LowMemoryHandler {

    private final List<Runnable> routines = new CopyOnWriteArrayList<>();
    private final LongAdder calls = new LongAdder();

    Drains() {}

    /**
     * Adds a routine. A routine that is added twice is called twice.
     *
     * @param routine a routine that frees mbufs that its protocol can do without; it must not wait
     */
    public void add(Runnable routine) {
        routines.add(routine);
    }

    /**
     * Removes a routine once; a no-op if the routine was not added.
     *
     * @param routine the routine, compared by {@code equals}
     */
    public void remove(Runnable routine) {
        routines.remove(routine);
    }

    /** {@return the number of calls of routines so far (m_drain), with the calls that threw an exception} */
    public long calls() {
        return calls.sum();
    }

    /** Calls all routines, even if one throws a RuntimeException. The first exception is thrown at the end, with the others suppressed. */
    @Override
    public void vmLowmem() {
        RuntimeException thrown = null;
        for (Runnable routine : routines) {
            calls.increment();
            try {
                routine.run();
            } catch (RuntimeException e) {
                thrown = with(thrown, e);
            }
        }
        if (thrown != null) {
            throw thrown;
        }
    }

    /**
     * Combines two exceptions: adds the second one to the first as suppressed. Returns the second one if there is no first or both
     * are equal.
     */
    static RuntimeException with(@Nullable RuntimeException first, RuntimeException next) {
        if (first == null || first.equals(next)) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }
}
