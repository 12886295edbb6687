package malloc9.api;

/**
 * A free, realloc or usableSize of a pointer that does not denote a live block of the given type, or item of the given zone. Nothing was
 * changed.
 *
 * <p>The first line of the message names the function, the address, the type or zone that was given, and the block that lies there with its
 * type or zone and its bundle, as far as they are known. The stacks of the allocation and the free follow for blocks of levels I and G.
 */
public final class InvalidFree extends KernelPanic {

    private static final long serialVersionUID = 1L;

    /** What is wrong with the pointer. */
    public enum Reason {
        /** The block was freed before. */
        DOUBLE_FREE,
        /** The address lies inside a block or a slab, but is no block's start. */
        INTERIOR,
        /** The address was never allocated by this kernel. */
        FOREIGN,
        /** The block is alive, under another type. */
        WRONG_TYPE,
        /** The block is an item of a zone, or of another zone than it was given to. */
        WRONG_ZONE,
        /** The segment's bundle was stopped, and the segment revoked. */
        REVOKED,
        /** The segment lies on the Java heap. */
        HEAP_SEGMENT,
        /** The segment is a read-only view. */
        READ_ONLY,
        /** The segment is longer than the block. */
        LONGER_VIEW,
        /** The block was not allocated with that size, or not by the function that takes a size. */
        WRONG_SIZE
    }

    private final Reason reason;
    private final long address;

    /** @param address where the pointer points; 0 for a heap segment */
    public InvalidFree(Reason reason, long address, String message) {
        super(message);
        this.reason = reason;
        this.address = address;
    }

    /** What is wrong with the pointer. */
    public Reason reason() {
        return reason;
    }

    /** Where the pointer points. */
    public long address() {
        return address;
    }
}
