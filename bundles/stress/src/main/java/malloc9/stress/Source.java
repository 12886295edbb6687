package malloc9.stress;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A source of memory: a type by one of the doors, or a zone. */
interface Source {

    /** For messages. */
    String name();

    /** Memory of a size, or of the only size that there is; null only with M_NOWAIT, or if the source is not there now. */
    @Nullable
    MemorySegment allocate(long size, long flags);

    /** Gives memory back; false if the source is not there now. */
    boolean free(MemorySegment bytes);

    /** As realloc does; a source of one size returns the same. */
    MemorySegment resize(MemorySegment bytes, long size);

    /** Bytes that nobody else may have while the block is out. */
    long usable(MemorySegment bytes);
}
