package malloc9.mbuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory that mbufs keep data in, and the views that were given of it.
 *
 * <p>A view lives in an arena of the region, made with the first view and closed with the last reference: that is a handshake with
 * all threads, which costs some microseconds, and nothing where nobody looked.
 */
class Region {

    /** Whose mbufs they are. */
    final Mbufs home;

    final MemorySegment memory;

    /** Bytes of it. */
    final int size;

    /**
     * Whether there may be views, or more than one mbuf that refers to it. Set by who has such an mbuf, cleared with the last: whoever
     * comes by an mbuf of another thread's sees what that one wrote.
     */
    boolean special;

    /** Guarded by this. */
    private @Nullable Arena views;

    Region(Mbufs home, MemorySegment memory) {
        this.home = home;
        this.memory = memory;
        this.size = Math.toIntExact(memory.byteSize());
    }

    /** How many mbufs refer to it. */
    long references() {
        return 1;
    }

    /** A view of a part, until {@link #endViews()}. */
    @SuppressWarnings("MustBeClosedChecker") // closed by endViews()
    final synchronized MemorySegment view(int offset, int length) {
        Arena arena = views;
        if (arena == null) {
            arena = Arena.ofShared();
            views = arena;
            special = true;
            home.viewed.add(this);
        }
        return memory.asSlice(offset, length).reinterpret(arena, null);
    }

    /** Ends all views; false if a native call still uses one. */
    final boolean endViews() {
        return !special || close();
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
            home.viewed.remove(this);
        }
        return true;
    }
}
