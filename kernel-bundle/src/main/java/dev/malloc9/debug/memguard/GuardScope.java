package dev.malloc9.debug.memguard;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The scope of one guarded block's segments, or of the segments of several blocks of one type. Its counts are guarded by the lock of
 * {@link ScopeReaper}.
 */
final class GuardScope {

    /**
     * The largest number of attempts to close the arena. A close fails while a native call uses one of the segments. {@link #PAUSE_NANOS}
     * passes between two attempts.
     */
    private static final int TRIES = 50;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Arena arena = Arena.ofShared();

    /**
     * True once the arena's {@code close()} has returned. The scope's {@code isAlive()} is already false while {@code close()} is running.
     */
    private volatile boolean ended;

    /** The number of blocks that have taken the scope and are not freed. */
    int living;

    /** The number of further blocks that may take the scope. */
    int room;

    /** The actions to run after the scope has ended, one for each freed block. */
    final List<Runnable> then = new ArrayList<>();

    /** @param room the number of blocks that may take the scope */
    GuardScope(int room) {
        this.room = room;
    }

    Arena arena() {
        return arena;
    }

    /**
     * Ends the scope. If the scope has ended already, it has no effect.
     *
     * @return false if a native call still uses a segment, or another thread is just ending the scope
     */
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

    /**
     * Ends the scope, and tries up to {@link #TRIES} times while that fails. Waits about 100 ms at most.
     *
     * @return false if no attempt succeeded
     */
    boolean closePatiently() {
        boolean closed = close();
        for (int attempt = 1; !closed && attempt < TRIES; attempt++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            closed = close();
        }
        return closed;
    }
}
