package dev.malloc9.api;

/**
 * A refused free, zfree, realloc, usableSize, contigfree or zone operation: its pointer does not denote a live block of the given type,
 * or a live item of the given zone. Nothing was changed.
 *
 * <p>A segment of a live block is refused too if it is read-only or longer than the block. {@code contigfree} also refuses a wrong size,
 * and a block that was not allocated by {@code contigmalloc}.
 *
 * <p>The first line of the message names the address, and the type or zone that was given. It also names the block at the address, its type
 * or zone and its bundle, as far as they are known. For a segment on the Java heap it has the length in place of the address. For a
 * function of {@link Malloc} it names the function. If the call stacks of the block's allocation and free were captured, they follow.
 */
public final class InvalidFree extends KernelPanic {

    private static final long serialVersionUID = 1L;

    /** The reason why a pointer was refused. */
    public enum Reason {
        /** The block or item at the address is free: it was freed before, was never handed out, or is in quarantine after its free. */
        DOUBLE_FREE,
        /** The address lies in a block, an item or a slab, but is not the first byte of a block or item. */
        INTERIOR,
        /**
         * No block is at the address: it is outside this kernel's memory, or its memory went back to the kernel map. Also: a free block, or
         * a free item of another zone, was given to a zone.
         */
        FOREIGN,
        /**
         * The block is live and of another type. Also: an item of a zone was given to a function of {@link Malloc}, or a block to a zone.
         */
        WRONG_TYPE,
        /** The item is live and of another zone than the one it was given to. */
        WRONG_ZONE,
        /**
         * The scope of the segment has ended, usually because the bundle of the block has stopped. Also: the block at the address was left
         * behind by a bundle that has stopped.
         */
        REVOKED,
        /** The segment is on the Java heap. */
        HEAP_SEGMENT,
        /** The segment is a read-only view. */
        READ_ONLY,
        /** The segment is longer than the block or item. */
        LONGER_VIEW,
        /** The size given to {@code contigfree} is not the block's, or the block was not allocated by {@code contigmalloc}. */
        WRONG_SIZE
    }

    private final Reason reason;
    private final long address;

    /**
     * Creates an exception for a refused pointer.
     *
     * @param reason the reason
     * @param address the address of the pointer; 0 for a segment on the Java heap
     * @param message the text, as described for this class
     */
    public InvalidFree(Reason reason, long address, String message) {
        super(message);
        this.reason = reason;
        this.address = address;
    }

    /** {@return the reason why the pointer was refused} */
    public Reason reason() {
        return reason;
    }

    /** {@return the address of the pointer; 0 for a segment on the Java heap} */
    public long address() {
        return address;
    }
}
