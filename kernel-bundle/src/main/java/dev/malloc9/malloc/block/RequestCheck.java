package dev.malloc9.malloc.block;

import static dev.malloc9.api.MallocFlags.M_NODUMP;
import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_USE_RESERVE;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.vm.PageSource;

/** The check of a request's flags, size and alignment. Each method throws an {@link InvalidRequest} if the request is invalid. */
public final class RequestCheck {

    /** The flags that a request may have. */
    private static final long FLAGS = M_NOWAIT | M_WAITOK | M_ZERO | M_NODUMP | M_USE_RESERVE;

    /**
     * FreeBSD's flag for executable memory. If it is the only unknown flag, it is refused with a text of its own, because this kernel has
     * no executable memory.
     */
    private static final long M_EXEC = 0x4000;

    private final SizeClasses classes;

    /** The size of the kernel map in bytes. */
    private final long size;

    /** @param size the size of the kernel map in bytes, the largest size that a request may have */
    public RequestCheck(SizeClasses classes, long size) {
        this.classes = classes;
        this.size = size;
    }

    /**
     * Returns the size in bytes of an array; it may exceed the kernel map. Throws if the count or the size is negative, or if the product
     * exceeds a {@code long}.
     */
    public static long arrayBytes(long count, long size, MallocTypeInternal type) {
        if (count < 0 || size < 0) {
            throw new InvalidRequest(BlockMessages.negativeArray(count, size, type.name));
        }
        if (Math.multiplyHigh(count, size) != 0 || count * size < 0) {
            throw new InvalidRequest(BlockMessages.overflowed(count, size));
        }
        return count * size;
    }

    /**
     * Returns the size in bytes of the smallest class that holds the request and whose items have the alignment. If there is none, returns
     * {@code bytes}, for which malloc allocates a page run. Throws if the alignment or the size is invalid.
     *
     * @param bytes the requested size in bytes
     * @param alignment the alignment in bytes, a power of two from 1 to the size of an OS page
     */
    public long alignedBytes(long bytes, long alignment, MallocTypeInternal type) {
        if (alignment < 1 || alignment > PageSource.PAGE || Long.bitCount(alignment) != 1) {
            throw new InvalidRequest(BlockMessages.badAlignment(alignment, type.name));
        }
        checkSize(bytes, type, "malloc_aligned");
        return classes.aligned(bytes, alignment);
    }

    /** Rejects a size that is negative or above the size of the kernel map. 0 is valid. */
    public void checkSize(long bytes, MallocTypeInternal type, String function) {
        if (bytes < 0 || bytes > size) {
            throw new InvalidRequest(BlockMessages.badSize(function, bytes, type.name, size));
        }
    }

    /** Rejects a size that is negative or above the size of the kernel map, for malloc_size, which has no type. */
    public void checkSize(long bytes) {
        if (bytes < 0 || bytes > size) {
            throw new InvalidRequest(BlockMessages.badSize("malloc_size", bytes, size));
        }
    }

    /** Rejects flags that do not contain exactly one of M_NOWAIT and M_WAITOK, or that contain an unknown flag. */
    public static void checkFlags(long flags, String function) {
        long wait = flags & (M_NOWAIT | M_WAITOK);
        if (wait != M_NOWAIT && wait != M_WAITOK) {
            throw new InvalidRequest(BlockMessages.badFlags(function, flags));
        }
        long unknown = flags & ~FLAGS;
        if (unknown != 0) {
            throw new InvalidRequest(
                    unknown == M_EXEC
                            ? BlockMessages.executable(function, flags)
                            : BlockMessages.unknownFlags(function, flags, unknown));
        }
    }
}
