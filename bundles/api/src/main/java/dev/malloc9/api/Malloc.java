package dev.malloc9.api;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The kernel's allocator: typed off-heap memory in which every block has a memory type and an owning bundle. Follows malloc(9).
 *
 * <p>A block is a {@link MemorySegment} whose {@code byteSize()} is the requested size. The JDK's bounds check therefore stops an
 * overflow by one byte.
 *
 * <p>A block is aligned to at least 16 bytes. A block whose size is a power of two up to an OS page (4096 bytes on most machines) is
 * aligned to its size. A block above the largest size class is aligned to an OS page. {@link #mallocAligned} returns blocks with a larger
 * alignment.
 *
 * <p>The scope of a segment belongs to the bundle that declared the type. After that bundle has stopped, every access through the segment,
 * by any bundle and any thread, throws {@link IllegalStateException}. A segment of a guarded block may throw an {@link InternalError} for
 * some time before. A segment returned by this service can be used by any thread.
 *
 * <p>A free does not end the scope. An access through the segment of a freed block reads or writes memory that may belong to another block.
 * Only guarded blocks (level G of {@link dev.malloc9.api.runtime.Level}) stop it.
 *
 * <p>Any number of platform and virtual threads may call all methods at the same time. A request with {@code M_NOWAIT} never waits for
 * memory or at a limit. A method that throws has neither allocated nor freed a block. The exceptions are {@link BlockDamaged} and
 * {@code reallocf}, described below. A request that found no memory counts in the statistics as failed.
 *
 * <p>Two errors occur only where the operator has enabled a debugging feature:
 * <ul>
 *   <li>{@link BlockDamaged}: a free, zfree or realloc found the memory beside the block overwritten, and {@code vm.redzone.panic} is set.
 *       The block has been freed.
 *   <li>{@code dev.malloc9.api.raw.GuardHit} of kind {@code UNATTRIBUTED}: MemGuard caught an earlier access of this thread. A request on
 *       the slow path throws it before it changes anything. A request on the fast path throws the JVM's {@link InternalError} in its place.
 * </ul>
 *
 * <p>Blocks of {@code RawMalloc} may be freed here, and blocks of this service may be freed by {@code RawMalloc}.
 */
@ProviderType
public interface Malloc {

    /**
     * Allocates a block, and waits for memory if necessary (malloc(9) with M_WAITOK). Never returns null.
     *
     * <p>If the kernel map is full, the request reclaims memory and waits, about nine seconds in all. If a hard limit of the type or the
     * bundle is reached, the request waits until enough is freed, without a time limit.
     *
     * @param size the size in bytes, 0 or more; 0 allocates a block of its own without accessible bytes, accounted as the smallest size
     *     class
     * @param type the memory type; must be registered with this kernel
     * @param flags {@link MallocFlags#M_WAITOK}, optionally with {@link MallocFlags#M_ZERO}, {@link MallocFlags#M_NODUMP} and
     *     {@link MallocFlags#M_USE_RESERVE}
     * @return the block, of exactly {@code size} bytes
     * @throws InvalidRequest if the size is negative, above the kernel map or above a hard limit. Also if the type is null, another
     *     kernel's or without {@link MallocDefine}, or if the flags are invalid.
     * @throws UnregisteredType if the type's bundle is not loaded or has stopped, also while the request waits, or if the kernel has
     *     stopped
     * @throws KernelPanic if the type's descriptor has a wrong magic
     * @throws KernelMapExhausted if there is no memory after reclaiming and waiting
     * @throws InterruptedRequest if the thread is interrupted while it waits for memory or at a limit; its interrupt status is set
     */
    MemorySegment malloc(long size, MallocType type, int flags);

    /**
     * Allocates a block if memory is available at once (malloc(9) with M_NOWAIT).
     *
     * @param size the size in bytes, 0 or more; 0 as in {@link #malloc(long, MallocType, int)}
     * @param type the memory type; must be registered with this kernel
     * @param flags {@link MallocFlags#M_NOWAIT}, optionally with the flags of {@link #malloc(long, MallocType, int)}; {@code M_WAITOK} as
     *     a {@code long} is accepted, and then the request waits and throws as that method does
     * @return the block; null only with {@code M_NOWAIT}: if no memory is available, if a limit is reached, or if an injected failure is
     *     due
     * @throws InvalidRequest as {@link #malloc(long, MallocType, int)}; with {@code M_NOWAIT}, a size above a hard limit returns null
     *     instead
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     * @throws KernelPanic as {@link #malloc(long, MallocType, int)}
     */
    @Nullable
    MemorySegment malloc(long size, MallocType type, long flags);

    /**
     * Allocates an array of {@code count} times {@code size} bytes (mallocarray(9)). An overflow of the product is an error.
     *
     * @param count the number of elements, 0 or more
     * @param size the size of an element in bytes, 0 or more
     * @param type the memory type; must be registered with this kernel
     * @param flags as {@link #malloc(long, MallocType, int)}
     * @return the block, of exactly {@code count * size} bytes
     * @throws InvalidRequest if the count or the size is negative, if the product exceeds a {@code long}, or as
     *     {@link #malloc(long, MallocType, int)}
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     * @throws KernelPanic as {@link #malloc(long, MallocType, int)}
     * @throws KernelMapExhausted as {@link #malloc(long, MallocType, int)}
     * @throws InterruptedRequest as {@link #malloc(long, MallocType, int)}
     */
    MemorySegment mallocarray(long count, long size, MallocType type, int flags);

    /**
     * Allocates an array as {@link #mallocarray(long, long, MallocType, int)} does.
     *
     * @param count the number of elements, 0 or more
     * @param size the size of an element in bytes, 0 or more
     * @param type the memory type; must be registered with this kernel
     * @param flags as {@link #malloc(long, MallocType, long)}
     * @return the block; null only with {@code M_NOWAIT}, as {@link #malloc(long, MallocType, long)}
     * @throws InvalidRequest as {@link #mallocarray(long, long, MallocType, int)}
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     */
    @Nullable
    MemorySegment mallocarray(long count, long size, MallocType type, long flags);

    /**
     * Allocates a block at a multiple of {@code alignment} (malloc_aligned), from the smallest size class whose blocks have that
     * alignment. A realloc that moves the block does not keep the alignment.
     *
     * @param size the size in bytes, 0 or more
     * @param alignment the alignment in bytes, a power of two from 1 to an OS page
     * @param type the memory type; must be registered with this kernel
     * @param flags as {@link #malloc(long, MallocType, int)}
     * @return the block, of exactly {@code size} bytes
     * @throws InvalidRequest if the alignment is not as above, or as {@link #malloc(long, MallocType, int)}
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     * @throws KernelPanic as {@link #malloc(long, MallocType, int)}
     * @throws KernelMapExhausted as {@link #malloc(long, MallocType, int)}
     * @throws InterruptedRequest as {@link #malloc(long, MallocType, int)}
     */
    MemorySegment mallocAligned(long size, long alignment, MallocType type, int flags);

    /**
     * Allocates an aligned block as {@link #mallocAligned(long, long, MallocType, int)} does.
     *
     * @param size the size in bytes, 0 or more
     * @param alignment the alignment in bytes, a power of two from 1 to an OS page
     * @param type the memory type; must be registered with this kernel
     * @param flags as {@link #malloc(long, MallocType, long)}
     * @return the block; null only with {@code M_NOWAIT}, as {@link #malloc(long, MallocType, long)}
     * @throws InvalidRequest as {@link #mallocAligned(long, long, MallocType, int)}
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     */
    @Nullable
    MemorySegment mallocAligned(long size, long alignment, MallocType type, long flags);

    /**
     * Frees a block (free(9)). Never waits for memory.
     *
     * @param block a block of this service or a view from its first byte, no longer than the block; null has no effect, and the type is
     *     not checked
     * @param type the type that the block was allocated under
     * @throws InvalidFree if the segment does not begin at a live block of that type: it is free already, interior, foreign, of another
     *     type or of a stopped bundle. Also if the segment is on the Java heap, read-only or longer than the block.
     * @throws BlockDamaged if the memory beside the block was overwritten and {@code vm.redzone.panic} is set; the block has been freed
     * @throws InvalidRequest if the type is null or another kernel's
     * @throws UnregisteredType if the type's bundle is not loaded or has stopped, or if the kernel has stopped
     */
    void free(@Nullable MemorySegment block, MallocType type);

    /**
     * Zeroes a block to the end of its size class or pages, however short the given view is, and frees it as {@link #free} does (zfree(9)).
     *
     * <p>A block of level I is filled with trash instead of zeros; if it is larger than the quarantine, its memory returns to the OS. The
     * pages of a block of level G return to the OS.
     *
     * @param block the block; null has no effect
     * @param type the type that the block was allocated under
     * @throws InvalidFree as {@link #free}
     * @throws BlockDamaged as {@link #free}
     * @throws InvalidRequest as {@link #free}
     * @throws UnregisteredType as {@link #free}
     */
    void zfree(@Nullable MemorySegment block, MallocType type);

    /**
     * Changes the size of a block (realloc(9)). If {@code block} is null, allocates a block.
     *
     * <p>The block stays in place if the new size fits its size class or pages and is more than half of them. A block of the smallest size
     * class stays for any size that fits. Otherwise a new block is allocated, the content is copied, and the old block is freed. A block of
     * level I or G always moves.
     *
     * <p>The kernel does not record the requested size of a block of level R. It copies the usable bytes of the old block as far as they
     * fit. {@code M_ZERO} zeroes a new block before the copy. As in BSD, it zeroes nothing in a block that stays in place: a caller that
     * grows such a block zeroes the added bytes.
     *
     * @param block the block, or null
     * @param size the new size in bytes, 0 or more
     * @param type the type that the block was allocated under; if the block is null, any registered type
     * @param flags as {@link #malloc(long, MallocType, int)}
     * @return the block with its new size; the old segment must not be used again
     * @throws InvalidFree as {@link #free}; no new block is allocated
     * @throws BlockDamaged as {@link #free}; the old block has been freed, and there is no new block
     * @throws InvalidRequest as {@link #malloc(long, MallocType, int)}; the old block is unchanged
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     * @throws KernelMapExhausted as {@link #malloc(long, MallocType, int)}; the old block is unchanged
     * @throws InterruptedRequest as {@link #malloc(long, MallocType, int)}; the old block is unchanged
     */
    MemorySegment realloc(@Nullable MemorySegment block, long size, MallocType type, int flags);

    /**
     * Changes the size of a block as {@link #realloc(MemorySegment, long, MallocType, int)} does.
     *
     * @param block the block; null allocates a block
     * @param size the new size in bytes, 0 or more
     * @param type the type that the block was allocated under; if the block is null, any registered type
     * @param flags as {@link #malloc(long, MallocType, long)}
     * @return the block with its new size; null only with {@code M_NOWAIT}, and then the old block is unchanged
     * @throws InvalidFree as {@link #free}
     * @throws BlockDamaged as {@link #realloc(MemorySegment, long, MallocType, int)}
     * @throws InvalidRequest as {@link #malloc(long, MallocType, long)}; the old block is unchanged
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     */
    @Nullable
    MemorySegment realloc(@Nullable MemorySegment block, long size, MallocType type, long flags);

    /**
     * Changes the size of a block as {@link #realloc(MemorySegment, long, MallocType, int)} does, but frees the old block if there is no
     * new block (reallocf(9)).
     *
     * <p>The old block is freed if the request throws {@link KernelMapExhausted} or {@link InterruptedRequest}, or {@link InvalidRequest}
     * for the size or a limit. Invalid flags, an invalid type and an invalid block change nothing.
     *
     * @param block the block; null allocates a block
     * @param size the new size in bytes, 0 or more
     * @param type the type that the block was allocated under; if the block is null, any registered type
     * @param flags as {@link #malloc(long, MallocType, int)}
     * @return the block with its new size; the old segment must not be used again
     * @throws InvalidFree as {@link #free}; nothing has changed
     * @throws BlockDamaged as {@link #free}; the old block has been freed, and there is no new block
     * @throws InvalidRequest as {@link #malloc(long, MallocType, int)}
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     * @throws KernelMapExhausted as {@link #malloc(long, MallocType, int)}
     * @throws InterruptedRequest as {@link #malloc(long, MallocType, int)}
     */
    MemorySegment reallocf(@Nullable MemorySegment block, long size, MallocType type, int flags);

    /**
     * Changes the size of a block as {@link #realloc(MemorySegment, long, MallocType, long)} does. If this method returns null, or throws
     * as {@link #reallocf(MemorySegment, long, MallocType, int)} describes, it frees the old block.
     *
     * @param block the block; null allocates a block
     * @param size the new size in bytes, 0 or more
     * @param type the type that the block was allocated under; if the block is null, any registered type
     * @param flags as {@link #malloc(long, MallocType, long)}
     * @return the block with its new size; null only with {@code M_NOWAIT}, and then the old block has been freed
     * @throws InvalidFree as {@link #free}; nothing has changed
     * @throws BlockDamaged as {@link #reallocf(MemorySegment, long, MallocType, int)}
     * @throws InvalidRequest as {@link #malloc(long, MallocType, long)}
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     */
    @Nullable
    MemorySegment reallocf(@Nullable MemorySegment block, long size, MallocType type, long flags);

    /**
     * Returns the usable size of a block (malloc_usable_size): the bytes of its size class or of its pages. An armoured or guarded
     * block has exactly its requested bytes.
     *
     * @param block the block; null gives 0
     * @param type the type that the block was allocated under; checked even if the block is null
     * @return the usable size in bytes, at least the {@code byteSize()} of the given view
     * @throws InvalidFree as {@link #free}
     * @throws InvalidRequest if the type is null or another kernel's
     * @throws UnregisteredType as {@link #free}
     */
    long usableSize(@Nullable MemorySegment block, MallocType type);

    /**
     * Returns the usable size that a block of level R would have (malloc_size). Allocates nothing.
     *
     * @param size the size in bytes, 0 or more; 0 is counted as 1
     * @return the bytes of the size class, or of whole OS pages above the largest size class
     * @throws InvalidRequest if the size is negative or above the kernel map
     */
    long mallocSize(long size);

    /**
     * Allocates a "physically" contiguous block (contigmalloc(9)). The physical address of a byte is its offset in the kernel map
     * ({@link #vtophys}).
     *
     * <p>The block begins at an OS page, spans whole OS pages and lies in [{@code low}, {@code high}). {@link #contigfree} and
     * {@link #free} free it. The block has level R, whatever level is set.
     *
     * <p>The request looks for a hole. If there is none, it empties the quarantine of freed blocks, then reclaims unused memory, then
     * raises vm_lowmem, and looks again after each step. It does not wait for address space, since only a hole at the right place would
     * help. It waits at a limit as {@link #malloc(long, MallocType, int)} does.
     *
     * @param size the size in bytes, more than 0
     * @param type the memory type; it is charged with whole OS pages
     * @param flags as {@link #malloc(long, MallocType, int)}
     * @param low the lowest physical address, in bytes
     * @param high the physical address behind the highest byte; addresses are unsigned, so -1 is no limit
     * @param alignment the alignment of the physical address in bytes, a power of two; 0 for none
     * @param boundary the size in bytes, a power of two, of a range whose multiples the block must not cross; 0 for none
     * @return the block, of exactly {@code size} bytes
     * @throws InvalidRequest as {@link #malloc(long, MallocType, int)}, if the size is 0, or if the alignment or the boundary is not a
     *     power of two
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     * @throws KernelMapExhausted if no hole fits after all steps
     * @throws InterruptedRequest if the thread is interrupted while it waits at a limit
     */
    MemorySegment contigmalloc(
            long size, MallocType type, int flags, long low, long high, long alignment, long boundary);

    /**
     * Allocates a contiguous block as {@link #contigmalloc(long, MallocType, int, long, long, long, long)} does.
     *
     * <p>With {@code M_NOWAIT} the request looks for a hole, and a second time after it has emptied the quarantine of freed blocks.
     *
     * @param size the size in bytes, more than 0
     * @param type the memory type; it is charged with whole OS pages
     * @param flags as {@link #malloc(long, MallocType, long)}
     * @param low the lowest physical address, in bytes
     * @param high the physical address behind the highest byte; addresses are unsigned, so -1 is no limit
     * @param alignment the alignment of the physical address in bytes, a power of two; 0 for none
     * @param boundary the size in bytes, a power of two, of a range whose multiples the block must not cross; 0 for none
     * @return the block; null only with {@code M_NOWAIT}: if no hole fits, or as {@link #malloc(long, MallocType, long)}
     * @throws InvalidRequest as {@link #contigmalloc(long, MallocType, int, long, long, long, long)}
     * @throws UnregisteredType as {@link #malloc(long, MallocType, int)}
     */
    @Nullable
    MemorySegment contigmalloc(
            long size, MallocType type, long flags, long low, long high, long alignment, long boundary);

    /**
     * Frees a block of {@code contigmalloc} (contigfree(9)). Unlike in BSD, the size is checked.
     *
     * @param block the block; null has no effect
     * @param size the requested size in bytes; must give the same number of OS pages
     * @param type the type that the block was allocated under
     * @throws InvalidFree as {@link #free}, or if the block has another size or was not allocated by {@code contigmalloc}
     * @throws InvalidRequest if the type is null or another kernel's
     * @throws UnregisteredType as {@link #free}
     */
    void contigfree(@Nullable MemorySegment block, long size, MallocType type);

    /**
     * {@return the physical address of the first byte of a segment (vtophys): its offset in the kernel map, in bytes}
     *
     * @param block the segment; its memory need not be allocated
     * @throws InvalidRequest if the segment is on the Java heap or begins outside the kernel map, as a block guarded by MemGuard does
     */
    long vtophys(MemorySegment block);
}
