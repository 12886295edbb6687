package malloc9.api.raw;

import malloc9.api.MallocType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The kernel's allocator by address: <em>unsafe</em>, since nothing stops an access through an address whose block is
 * gone. Sizes, flags, errors and threads are those of {@link malloc9.api.Malloc}; 0 stands for null.
 */
@ProviderType
public interface RawMalloc {

    /**
     * Allocates a block.
     *
     * @return its address; 0 only with {@code M_NOWAIT}, if there is no memory at hand
     */
    long malloc(long size, MallocType type, long flags);

    /** Allocates {@code count} times {@code size} bytes, or an error where the product overflows. */
    long mallocarray(long count, long size, MallocType type, long flags);

    /** Allocates a block at a multiple of {@code alignment}, a power of two up to an OS page. */
    long mallocAligned(long size, long alignment, MallocType type, long flags);

    /** Gives a block back; 0 is a no-op. */
    void free(long address, MallocType type);

    /** Zeroes a block to the end of its size class, and gives it back; 0 is a no-op. */
    void zfree(long address, MallocType type);

    /** Changes the size of a block; 0 as address allocates. */
    long realloc(long address, long size, MallocType type, long flags);

    /** As {@link #realloc}, but frees the old block when it returns 0. */
    long reallocf(long address, long size, MallocType type, long flags);

    /** The bytes that there are at a block: its size class, or whole pages; 0 at 0. */
    long usableSize(long address, MallocType type);

    /** Allocates a "physically" contiguous block; 0 only with {@code M_NOWAIT}. */
    long contigmalloc(long size, MallocType type, long flags, long low, long high, long alignment, long boundary);

    /** Gives a block of {@code contigmalloc} back, whose size is checked; 0 is a no-op. */
    void contigfree(long address, long size, MallocType type);

    /** The physical address of an address of the kernel map: its offset in the map. */
    long vtophys(long address);
}
