package malloc9.mbuf;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import malloc9.api.runtime.LowMemoryHandler;
import org.jspecify.annotations.Nullable;

/** The protocols' drain routines, called when memory is low (mb_reclaim, pr_drain). */
public final class Drains implements LowMemoryHandler {

    private final List<Runnable> routines = new CopyOnWriteArrayList<>();
    private final LongAdder calls = new LongAdder();

    Drains() {}

    /** Adds a routine that frees mbufs its protocol can do without; it must not wait. */
    public void add(Runnable routine) {
        routines.add(routine);
    }

    /** Takes a routine away. */
    public void remove(Runnable routine) {
        routines.remove(routine);
    }

    /** How many times a routine was called (m_drain). */
    public long calls() {
        return calls.sum();
    }

    /** Calls all routines, also when one throws; what the first threw is thrown in the end, with what others did. */
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

    /** The first of what was thrown, with the others. */
    static RuntimeException with(@Nullable RuntimeException first, RuntimeException next) {
        if (first == null || first.equals(next)) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }
}
