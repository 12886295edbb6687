package malloc9.mbuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Memory that mbufs keep data in, and the views that were given of it.
 *
 * <p>A view lives in an arena of the region, made with the first view and closed with the last reference: that is a handshake with
 * all threads, which costs some microseconds, and nothing where nobody looked.
 */
class Region {

    final MemorySegment memory;

    /** Guarded by this. */
    private @Nullable Arena views;

    /** Whether there may be views; written with {@link #views}. */
    private volatile boolean viewed;

    /** Where it is known while there may be views. Guarded by this. */
    private @Nullable Set<Region> open;

    Region(MemorySegment memory) {
        this.memory = memory;
    }

    /**
     * A view of a part, until {@link #endViews()}.
     *
     * @param known gets to know this region while there are views
     */
    @SuppressWarnings("MustBeClosedChecker") // closed by endViews()
    final synchronized MemorySegment view(int offset, int length, Set<Region> known) {
        Arena arena = views;
        if (arena == null) {
            arena = Arena.ofShared();
            views = arena;
            viewed = true;
            open = known;
            known.add(this);
        }
        return memory.asSlice(offset, length).reinterpret(arena, null);
    }

    /** Ends all views; false if a native call still uses one. */
    final boolean endViews() {
        return !viewed || close();
    }

    private synchronized boolean close() {
        Arena arena = views;
        if (arena != null) {
            try {
                arena.close();
            } catch (IllegalStateException inUse) {
                return false;
            }
            views = null;
            viewed = false;
            Set<Region> known = open;
            if (known != null) {
                known.remove(this);
            }
        }
        return true;
    }
}
