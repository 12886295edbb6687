package dev.malloc9.malloc.refusal;

import dev.malloc9.api.InvalidFree.Reason;

/**
 * The verdict on an address or segment that was passed as a block of a type or as an item of a zone: the exact cause of the refusal. Each
 * verdict has the {@link Reason} that the error reports.
 */
public enum Verdict {
    /** The block or item is free, or the block is in quarantine after its free. */
    FREE_ALREADY(Reason.DOUBLE_FREE),
    /** No block or item is known at the address, or a freed block was passed as an item. */
    NOT_ALLOCATED(Reason.FOREIGN),
    /** The address lies in a slab, a page run or a guarded block, but is not the first byte of a block or item. */
    INTERIOR(Reason.INTERIOR),
    /** The block is of another type, an item of a zone was passed as a block, or a block was passed as an item. */
    OTHER_TYPE(Reason.WRONG_TYPE),
    /** The item is of another zone. */
    OTHER_ZONE(Reason.WRONG_ZONE),
    /** The bundle of the block has stopped without freeing it, and the memory is not reused yet. */
    LEFT(Reason.REVOKED),
    /** The scope of the segment has ended, usually because its bundle has stopped. */
    REVOKED(Reason.REVOKED),
    /** The segment is memory of the Java heap. */
    ON_HEAP(Reason.HEAP_SEGMENT),
    /** The segment is a read-only view. */
    READ_ONLY(Reason.READ_ONLY),
    /** The segment is longer than the block or item. */
    LONGER_VIEW(Reason.LONGER_VIEW),
    /** The block was allocated by contigmalloc with another size than the caller passes to contigfree. */
    OTHER_SIZE(Reason.WRONG_SIZE),
    /** The block was not allocated by contigmalloc. */
    NOT_CONTIGUOUS(Reason.WRONG_SIZE);

    final Reason reason;

    Verdict(Reason reason) {
        this.reason = reason;
    }
}
