package dev.malloc9.api.runtime;

import org.jspecify.annotations.Nullable;

/**
 * The contents of an address: the block, item, guard page or hole in which it lies (mdb's {@code ::whatis}).
 *
 * @param address the address
 * @param place the kind of memory that the address lies in
 * @param start the first byte of the block or item. GUARD: the guarded block's address, or 0 if no block is known. TAIL: the end of the
 *     last item. HOLE, FOREIGN: 0.
 * @param bytes the number of bytes from {@code start} to the end of the size class or the pages; for a guarded block as requested. TAIL,
 *     HOLE, FOREIGN, and GUARD without a known block: 0.
 * @param requested the requested size in bytes, if the kernel has a record of the block; otherwise -1
 * @param zone the name of the zone that the slab belongs to; empty for page runs, slabs of the reserve, guarded blocks, HOLE and FOREIGN
 * @param owner the bundle that owns the block or item, or the last one for freed memory; null if there is none or it is unknown
 * @param type the short description of the type, or the name of the driver's zone; null if there is none or it is unknown
 * @param allocated the allocation, if the kernel has a record of the block; otherwise null
 * @param freed the free, if the kernel has a record of it; otherwise null
 */
public record AddressInfo(
        long address,
        Place place,
        long start,
        long bytes,
        long requested,
        String zone,
        @Nullable ModuleId owner,
        @Nullable String type,
        @Nullable BlockEvent allocated,
        @Nullable BlockEvent freed) {

    /** The kind of memory that an address lies in. */
    public enum Place {
        /** A block in use. */
        BLOCK,
        /** An item in use of a driver's zone. */
        ITEM,
        /** A free item. */
        FREE,
        /** A block or item that is kept from reuse for a while: it was freed, or its bundle has stopped without freeing it. */
        QUARANTINE,
        /** MemGuard's address space outside a live block: a hole, the unused rest of a block's pages, or a freed guarded block. */
        GUARD,
        /** The rest of a slab behind its last item, or the rest of the last 64 KiB of a page run behind its pages. */
        TAIL,
        /** An address of the kernel map at which nothing is allocated. */
        HOLE,
        /** An address outside this kernel's memory. */
        FOREIGN
    }

    /**
     * {@return the offset in bytes of the address from {@link #start()}; negative before it} If the start is 0, this is the address itself.
     */
    public long offset() {
        return address - start;
    }
}
