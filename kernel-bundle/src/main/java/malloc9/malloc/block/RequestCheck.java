package malloc9.malloc.block;

import static malloc9.api.MallocFlags.M_NODUMP;
import static malloc9.api.MallocFlags.M_NOWAIT;
import static malloc9.api.MallocFlags.M_USE_RESERVE;
import static malloc9.api.MallocFlags.M_WAITOK;
import static malloc9.api.MallocFlags.M_ZERO;

import malloc9.api.InvalidRequest;
import malloc9.malloc.account.SizeClasses;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.vm.PageSource;

/** Says what is wrong with a request: its flags, its size, its alignment. */
public final class RequestCheck {

    private static final long FLAGS = M_NOWAIT | M_WAITOK | M_ZERO | M_NODUMP | M_USE_RESERVE;

    /** FreeBSD's flag for executable memory, which there is none of here. */
    private static final long M_EXEC = 0x4000;

    private final SizeClasses classes;

    /** Bytes of the kernel map. */
    private final long size;

    public RequestCheck(SizeClasses classes, long size) {
        this.classes = classes;
        this.size = size;
    }

    /** The request that is made for an array, or an error. */
    public static long arrayBytes(long count, long size, MallocTypeInternal type) {
        if (count < 0 || size < 0) {
            throw new InvalidRequest(BlockMessages.negativeArray(count, size, type.name));
        }
        if (Math.multiplyHigh(count, size) != 0 || count * size < 0) {
            throw new InvalidRequest(BlockMessages.overflowed(count, size));
        }
        return count * size;
    }

    /** The request that is made for an aligned block, or an error. */
    public long alignedBytes(long bytes, long alignment, MallocTypeInternal type) {
        if (alignment < 1 || alignment > PageSource.PAGE || Long.bitCount(alignment) != 1) {
            throw new InvalidRequest(BlockMessages.badAlignment(alignment, type.name));
        }
        checkSize(bytes, type, "malloc_aligned");
        return classes.aligned(bytes, alignment);
    }

    /** Refuses sizes that no map of this kernel could serve. */
    public void checkSize(long bytes, MallocTypeInternal type, String function) {
        if (bytes < 0 || bytes > size) {
            throw new InvalidRequest(BlockMessages.badSize(function, bytes, type.name, size));
        }
    }

    /** The same of a size that no type asks for. */
    public void checkSize(long bytes) {
        if (bytes < 0 || bytes > size) {
            throw new InvalidRequest(BlockMessages.badSize("malloc_size", bytes, size));
        }
    }

    /** Refuses flags that say neither or both of waiting and not waiting, or what nobody knows. */
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
