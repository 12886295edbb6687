package dev.malloc9.stress;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A source of memory: a memory type, by segment or by address, or a zone. */
interface Source {

    /** Returns the name for messages. */
    String name();

    /** Allocates memory of a size; a source of one size ignores it. Returns null only with M_NOWAIT. */
    @Nullable
    MemorySegment allocate(long size, long flags);

    /** Frees memory. All present sources return true. */
    boolean free(MemorySegment bytes);

    /** Resizes memory as realloc does. A source of one size returns the same memory. */
    MemorySegment resize(MemorySegment bytes, long size);

    /** Returns the number of bytes that no other block may cover while the block is allocated. */
    long usable(MemorySegment bytes);
}
