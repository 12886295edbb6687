package malloc9.debug.memguard;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The scope of one guarded block's segments, or of several blocks of a type. Its counts are guarded by {@link ScopeReaper}. */
final class GuardScope {

    /** A close is refused while a native call uses one of the segments: how often, and how long apart, it is retried. */
    private static final int TRIES = 50;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Arena arena = Arena.ofShared();

    /** Whether the scope has ended for everybody: it is not alive from the beginning of its end on. */
    private volatile boolean ended;

    /** Blocks that have taken it and are not freed. */
    int living;

    /** Blocks that may still take it. */
    int room;

    /** What is to be done for the blocks that had it and are freed, when it has ended. */
    final List<Runnable> then = new ArrayList<>();

    /** @param room blocks that may take it */
    GuardScope(int room) {
        this.room = room;
    }

    Arena arena() {
        return arena;
    }

    /** Ends the scope; false if a native call still uses a segment, or another thread is about to end it. */
    boolean close() {
        if (!ended) {
            try {
                arena.close();
                ended = true;
            } catch (IllegalStateException inUse) {
                return ended;
            }
        }
        return true;
    }

    /** The same with patience. */
    boolean closePatiently() {
        boolean closed = close();
        for (int attempt = 1; !closed && attempt < TRIES; attempt++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            closed = close();
        }
        return closed;
    }
}
