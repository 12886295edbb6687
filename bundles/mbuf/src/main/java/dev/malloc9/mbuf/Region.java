package dev.malloc9.mbuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The memory that holds the data of mbufs, and the views of it.
 *
 * <p>All views of a region belong to one shared arena. The first view creates the arena. Freeing the last reference to the region,
 * attaching storage to the mbuf, and closing the service close it. Closing is a handshake with all threads and takes some microseconds. A
 * region without views needs none.
 */
class Region {

    /** The service whose mbufs use the region. */
    final Mbufs home;

    final MemorySegment memory;

    /** The size in bytes. */
    final int size;

    /**
     * False as long as only one mbuf has referred to this region and no view was made. Freeing then skips counting and closing. Not
     * volatile: handing an mbuf to another thread must publish it. Only a recycled packet resets it.
     */
    boolean special;

    /** The arena of the views; null if there are none. Guarded by this region's monitor. */
    private @Nullable Arena views;

    Region(Mbufs home, MemorySegment memory) {
        this.home = home;
        this.memory = memory;
        this.size = Math.toIntExact(memory.byteSize());
    }

    /** Returns the number of mbufs that refer to the region. */
    long references() {
        return 1;
    }

    /** Returns a view of a part of the region, which is valid until {@link #endViews()} returns true. */
    @SuppressWarnings("MustBeClosedChecker") // the arena is closed by endViews()
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

    /** Ends all views. Returns false, with the views still valid, if a native call is using one of them. */
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
