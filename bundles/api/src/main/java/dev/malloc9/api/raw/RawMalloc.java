package dev.malloc9.api.raw;

import dev.malloc9.api.MallocType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The kernel's allocator by address (malloc(9)). It is <em>unsafe</em>: an access through the address of a freed block may reach another
 * block. {@link RawMemory} refuses an access to a freed block that MemGuard guarded. Any other access to such a block meets a hole, which
 * is an {@link InternalError} or the end of the JVM.
 *
 * <p>Sizes, flags, errors and thread rules are the same as in {@link dev.malloc9.api.Malloc}. The address 0 stands for null. Since no
 * segment is passed, {@link dev.malloc9.api.InvalidFree} for a heap, read-only or longer segment does not occur.
 */
@ProviderType
public interface RawMalloc {

    /**
     * Allocates a block (malloc(9)).
     *
     * @param size the size in bytes, 0 or more
     * @param type the memory type; must be registered with this kernel
     * @param flags as {@link dev.malloc9.api.Malloc#malloc(long, MallocType, long)}
     * @return the address of the block; 0 only with {@code M_NOWAIT}, if no memory is available, a limit is reached or an injected failure
     *     is due
     * @throws dev.malloc9.api.InvalidRequest as {@link dev.malloc9.api.Malloc#malloc(long, MallocType, long)}
     * @throws dev.malloc9.api.UnregisteredType as {@link dev.malloc9.api.Malloc#malloc(long, MallocType, long)}
     * @throws dev.malloc9.api.KernelMapExhausted with {@code M_WAITOK}, if there is no memory after reclaiming and waiting
     * @throws dev.malloc9.api.InterruptedRequest with {@code M_WAITOK}, if the thread is interrupted while it waits
     */
    long malloc(long size, MallocType type, long flags);

    /**
     * Allocates an array of {@code count} times {@code size} bytes (mallocarray(9)).
     *
     * @param count the number of elements, 0 or more
     * @param size the size of an element in bytes, 0 or more
     * @param type the memory type; must be registered with this kernel
     * @param flags as {@link #malloc}
     * @return the address of the block; 0 only with {@code M_NOWAIT}
     * @throws dev.malloc9.api.InvalidRequest if the count or the size is negative, if the product overflows, or as {@link #malloc}
     */
    long mallocarray(long count, long size, MallocType type, long flags);

    /**
     * Allocates a block at a multiple of {@code alignment} (malloc_aligned).
     *
     * @param size the size in bytes, 0 or more
     * @param alignment the alignment in bytes, a power of two from 1 to an OS page
     * @param type the memory type; must be registered with this kernel
     * @param flags as {@link #malloc}
     * @return the address of the block; 0 only with {@code M_NOWAIT}
     * @throws dev.malloc9.api.InvalidRequest if the alignment is not as above, or as {@link #malloc}
     */
    long mallocAligned(long size, long alignment, MallocType type, long flags);

    /**
     * Frees a block (free(9)).
     *
     * @param address the address of the block; 0 has no effect, and the type is not checked
     * @param type the type that the block was allocated under
     * @throws dev.malloc9.api.InvalidFree if no live block of that type begins at the address
     * @throws dev.malloc9.api.BlockDamaged as {@link dev.malloc9.api.Malloc#free}
     */
    void free(long address, MallocType type);

    /**
     * Zeroes a block to the end of its size class or pages, and frees it, as {@link dev.malloc9.api.Malloc#zfree} does (zfree(9)).
     *
     * @param address the address of the block; 0 has no effect
     * @param type the type that the block was allocated under
     * @throws dev.malloc9.api.InvalidFree as {@link #free}
     */
    void zfree(long address, MallocType type);

    /**
     * Changes the size of a block (realloc(9)).
     *
     * @param address the address of the block; 0 allocates a block
     * @param size the new size in bytes, 0 or more
     * @param type the type that the block was allocated under; if the address is 0, any registered type
     * @param flags as {@link #malloc}
     * @return the address of the block with its new size; 0 only with {@code M_NOWAIT}, and then the old block is unchanged
     * @throws dev.malloc9.api.InvalidFree as {@link #free}; nothing has changed
     */
    long realloc(long address, long size, MallocType type, long flags);

    /**
     * Changes the size of a block as {@link #realloc} does, but frees the old block if there is no new block (reallocf(9)). If this method
     * throws, {@link dev.malloc9.api.Malloc#reallocf} describes in which cases the old block is freed.
     *
     * @param address the address of the block; 0 allocates a block
     * @param size the new size in bytes, 0 or more
     * @param type the type that the block was allocated under; if the address is 0, any registered type
     * @param flags as {@link #malloc}
     * @return the address of the block with its new size; 0 only with {@code M_NOWAIT}, and then the old block has been freed
     */
    long reallocf(long address, long size, MallocType type, long flags);

    /**
     * {@return the usable size of a block in bytes (malloc_usable_size): the requested size of an armoured or guarded block; of any other
     * block, its size class or pages}
     *
     * @param address the address of the block; 0 gives 0
     * @param type the type that the block was allocated under; checked even if the address is 0
     * @throws dev.malloc9.api.InvalidFree as {@link #free}
     */
    long usableSize(long address, MallocType type);

    /**
     * Allocates a "physically" contiguous block (contigmalloc(9)), as {@link dev.malloc9.api.Malloc#contigmalloc} does.
     *
     * @param size the size in bytes, more than 0
     * @param type the memory type; it is charged with whole OS pages
     * @param flags as {@link #malloc}
     * @param low the lowest physical address, in bytes
     * @param high the physical address behind the highest byte; addresses are unsigned, so -1 is no limit
     * @param alignment the alignment of the physical address in bytes, a power of two; 0 for none
     * @param boundary the size in bytes, a power of two, of a range whose multiples the block must not cross; 0 for none
     * @return the address of the block; 0 only with {@code M_NOWAIT}
     * @throws dev.malloc9.api.InvalidRequest as {@link #malloc}, if the size is 0, or if the alignment or the boundary is not a power of
     *     two
     * @throws dev.malloc9.api.KernelMapExhausted with {@code M_WAITOK}, if no hole fits
     */
    long contigmalloc(long size, MallocType type, long flags, long low, long high, long alignment, long boundary);

    /**
     * Frees a block of {@code contigmalloc} (contigfree(9)). The size is checked.
     *
     * @param address the address of the block; 0 has no effect
     * @param size the requested size in bytes; must give the same number of OS pages
     * @param type the type that the block was allocated under
     * @throws dev.malloc9.api.InvalidFree as {@link #free}, or if the block has another size or was not allocated by {@code contigmalloc}
     */
    void contigfree(long address, long size, MallocType type);

    /**
     * {@return the physical address of an address of the kernel map (vtophys): its offset in the map, in bytes}
     *
     * @param address the address; the memory there need not be allocated
     * @throws dev.malloc9.api.InvalidRequest if the address is outside the kernel map, as that of a block guarded by MemGuard is
     */
    long vtophys(long address);
}
