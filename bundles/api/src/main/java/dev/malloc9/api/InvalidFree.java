package dev.malloc9.api;

/**
 * A refused free, zfree, realloc, usableSize, contigfree or zone operation: its pointer does not denote a live block of the given type,
 * or a live item of the given zone. Nothing was changed.
 *
 * <p>A segment of a live block is refused too if it is read-only, longer than the block, or given to {@code contigfree} with a wrong
 * size.
 *
 * <p>The first line of the message names the function, the address, and the type or zone that was given. It also names the block at the
 * address, its type or zone and its bundle, as far as they are known. For blocks of levels I and G, the stacks of the allocation and the
 * free follow.
 */
public final class InvalidFree extends KernelPanic {

    private static final long serialVersionUID = 1L;

    /** The reason why a pointer was refused. */
    public enum Reason {
        /** The block or item at the address is free: it was freed before, or is in quarantine after its free. */
        DOUBLE_FREE,
        /** The address lies in a block or a slab, but is not the first byte of a block. */
        INTERIOR,
        /** No block is at the address: it is outside this kernel's memory, or its memory went back to the kernel map. */
        FOREIGN,
        /**
         * The block is live and of another type. Also: an item of a zone was given to a function of {@link Malloc}, or a block to a zone.
         */
        WRONG_TYPE,
        /** The item is live and of another zone than the one it was given to. */
        WRONG_ZONE,
        /** The bundle of the block has stopped, and its segments were revoked. */
        REVOKED,
        /** The segment is on the Java heap. */
        HEAP_SEGMENT,
        /** The segment is a read-only view. */
        READ_ONLY,
        /** The segment is longer than the block. */
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
     * @param message the text, whose first line names function, address, type and block
     */
    public InvalidFree(Reason reason, long address, String message) {
        super(message);
        this.reason = reason;
        this.address = address;
    }

    /** Returns the reason why the pointer was refused. */
    public Reason reason() {
        return reason;
    }

    /** Returns the address of the pointer; 0 for a segment on the Java heap. */
    public long address() {
        return address;
    }
}
