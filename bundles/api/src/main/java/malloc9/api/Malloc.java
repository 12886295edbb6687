package malloc9.api;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The kernel's allocator: typed off-heap memory with an owner for every byte.
 *
 * <p>A block is a {@link MemorySegment} whose {@code byteSize()} is what was asked for, so that the JDK's own bounds
 * check stops an overflow by one byte. It is aligned to 16 bytes at least, to its size where that is a power of two up to
 * an OS page (4096 bytes on most machines), and to an OS page above the largest size class; {@link #mallocAligned} asks for more.
 * Its scope belongs to the bundle that declared the type: when that bundle has stopped, every access through the
 * segment, wherever it went, throws {@link IllegalStateException}.
 *
 * <p>All methods may be called by any number of threads, platform or virtual, at once. {@code M_NOWAIT} requests
 * never block. An error changes nothing: no statistics, no memory.
 *
 * <p>Two errors are of another kind, and only where the operator watches: a free or realloc that finds a block's surroundings
 * overwritten frees the block and throws {@link BlockDamaged}, if {@code vm.redzone.panic} is set; and any of these methods may throw a
 * {@code GuardHit} of kind {@code UNATTRIBUTED} before it does anything, for an access that the thread made before and MemGuard caught.
 *
 * <p>Follows malloc(9). Blocks made by {@code RawMalloc} may be freed here and the other way round.
 */
@ProviderType
public interface Malloc {

    /**
     * Allocates a block; a caller with {@code M_WAITOK} has no null to check.
     *
     * @param size in bytes, 0 or more; 0 gives a unique block without bytes
     * @param type who asks; must be registered with this kernel
     * @param flags {@link MallocFlags#M_WAITOK}, perhaps with {@link MallocFlags#M_ZERO}, {@link MallocFlags#M_NODUMP} and
     *     {@link MallocFlags#M_USE_RESERVE}
     * @throws InvalidRequest if the size is negative or above the kernel map, the type null or another kernel's, or
     *     the flags are not as above
     * @throws UnregisteredType if the type's bundle is not loaded (any more)
     * @throws KernelMapExhausted if no memory could be found even after reclaiming and waiting
     * @throws InterruptedRequest if the thread was interrupted while it waited for memory, or at a limit of its type or bundle
     */
    MemorySegment malloc(long size, MallocType type, int flags);

    /**
     * Allocates a block if that is possible at once.
     *
     * @param size in bytes, 0 or more
     * @param type who asks
     * @param flags {@link MallocFlags#M_NOWAIT}, perhaps with others; {@code M_WAITOK} in a {@code long} is as good
     * @return the block, or null if there is no memory at hand
     * @throws InvalidRequest as {@link #malloc(long, MallocType, int)}
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     */
    @Nullable
    MemorySegment malloc(long size, MallocType type, long flags);

    /**
     * Allocates an array: {@code count} times {@code size} bytes, or an error where the product overflows.
     *
     * @throws InvalidRequest if count or size is negative, the product is too large for a {@code long}, and as
     *     {@link #malloc(long, MallocType, int)}
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     * @throws KernelMapExhausted as {@link #malloc(long, MallocType, int)}
     */
    MemorySegment mallocarray(long count, long size, MallocType type, int flags);

    /** As {@link #mallocarray(long, long, MallocType, int)}; null if there is no memory at hand. */
    @Nullable
    MemorySegment mallocarray(long count, long size, MallocType type, long flags);

    /**
     * Allocates a block at a multiple of {@code alignment}, from the smallest size class that has such blocks (malloc_aligned). A
     * realloc that moves the block does not keep the alignment.
     *
     * @param alignment a power of two, at most an OS page
     * @throws InvalidRequest if the alignment is not as above, and as {@link #malloc(long, MallocType, int)}
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     * @throws KernelMapExhausted as {@link #malloc(long, MallocType, int)}
     */
    MemorySegment mallocAligned(long size, long alignment, MallocType type, int flags);

    /** As {@link #mallocAligned(long, long, MallocType, int)}; null if there is no memory at hand. */
    @Nullable
    MemorySegment mallocAligned(long size, long alignment, MallocType type, long flags);

    /**
     * Gives a block back.
     *
     * @param block what malloc or realloc returned; null is a no-op
     * @param type the type it was allocated under
     * @throws InvalidFree if this is no start of a live block of that type: freed before, interior, foreign, another
     *     type's, revoked with its bundle, on the Java heap, a read-only view, or a view longer than the block
     * @throws InvalidRequest if the type is null or another kernel's
     * @throws UnregisteredType if the type's bundle is not loaded (any more)
     */
    void free(@Nullable MemorySegment block, MallocType type);

    /** Zeroes a block to the end of its size class, whatever the view spans, and gives it back as {@link #free} does. */
    void zfree(@Nullable MemorySegment block, MallocType type);

    /**
     * Changes the size of a block, in place where the new size is more than half of what there is and not above it,
     * else by a new block, a copy and a free. Null as block allocates.
     *
     * <p>The kernel does not keep what was asked for, only what there is: all of it that fits is copied. {@code M_ZERO} zeroes
     * a new block before the copy, and nothing in a block that stays in place, as in BSD: who grows a block that
     * way zeroes what is new to him.
     *
     * @return the block with its new size; the old segment must not be used again
     * @throws InvalidFree if {@code block} could not be freed either
     * @throws BlockDamaged as {@link #free}, with {@code vm.redzone.panic}: the old block has been freed, and there is no new one
     * @throws InvalidRequest as malloc
     * @throws UnregisteredType as malloc
     * @throws KernelMapExhausted as malloc; the old block is untouched
     */
    MemorySegment realloc(@Nullable MemorySegment block, long size, MallocType type, int flags);

    /** As {@link #realloc(MemorySegment, long, MallocType, int)}; null if there is no memory at hand, and the old block is untouched. */
    @Nullable
    MemorySegment realloc(@Nullable MemorySegment block, long size, MallocType type, long flags);

    /**
     * As {@link #realloc(MemorySegment, long, MallocType, int)}, but frees the old block if no new block can be had, for whatever reason:
     * no memory, an interrupt, a limit, or a size that cannot be. Flags or a type that cannot be, and a block that cannot be freed, change
     * nothing.
     */
    MemorySegment reallocf(@Nullable MemorySegment block, long size, MallocType type, int flags);

    /**
     * As {@link #realloc(MemorySegment, long, MallocType, long)}, but frees the old block if it returns null or throws, as
     * {@link #reallocf(MemorySegment, long, MallocType, int)}.
     */
    @Nullable
    MemorySegment reallocf(@Nullable MemorySegment block, long size, MallocType type, long flags);

    /**
     * The bytes that there are at a block, at least its {@code byteSize()}: its size class, or whole pages; 0 for null
     * (malloc_usable_size).
     *
     * @throws InvalidFree if {@code block} is no start of a live block of that type
     */
    long usableSize(@Nullable MemorySegment block, MallocType type);

    /**
     * The bytes that there would be at a block of that size (malloc_size).
     *
     * @throws InvalidRequest if the size is negative or above the kernel map
     */
    long mallocSize(long size);

    /**
     * Allocates a "physically" contiguous block. The physical address of a byte is its offset in the kernel map, which
     * {@link #vtophys} tells.
     *
     * <p>The block begins at an OS page, spans whole OS pages and lies in [{@code low}, {@code high}). It is freed by
     * {@link #contigfree} or by {@link #free}. Looks for a hole, then reclaims what is unused, then asks for memory
     * (vm_lowmem), but does not wait: only a hole at the right place would help.
     *
     * @param size in bytes, more than 0
     * @param type who asks; accounted with whole OS pages
     * @param flags as {@link #malloc(long, MallocType, int)}
     * @param low the lowest physical address
     * @param high the physical address behind the highest; addresses are unsigned, so -1 is no limit
     * @param alignment of the block's physical address, 0 or a power of two
     * @param boundary 0, or a power of two of which the block crosses no multiple
     * @throws InvalidRequest as malloc, or if the size is 0, or alignment or boundary no power of two
     * @throws UnregisteredType as malloc
     * @throws KernelMapExhausted if there is no such place
     */
    MemorySegment contigmalloc(
            long size, MallocType type, int flags, long low, long high, long alignment, long boundary);

    /** As {@link #contigmalloc(long, MallocType, int, long, long, long, long)}; with {@code M_NOWAIT} null if no hole fits at once. */
    @Nullable
    MemorySegment contigmalloc(
            long size, MallocType type, long flags, long low, long high, long alignment, long boundary);

    /**
     * Gives a block of {@code contigmalloc} back.
     *
     * @param block null is a no-op
     * @param size what was asked for
     * @throws InvalidFree as {@link #free}, or if the block has another size or was not allocated by {@code contigmalloc}
     */
    void contigfree(@Nullable MemorySegment block, long size, MallocType type);

    /**
     * The physical address where a segment of the kernel map begins: its offset in the map.
     *
     * @throws InvalidRequest if it lies elsewhere
     */
    long vtophys(MemorySegment block);
}
