package malloc9.api.runtime;

import org.jspecify.annotations.Nullable;

/**
 * What lies at an address.
 *
 * @param address the address
 * @param place what it belongs to
 * @param start where that begins: of a block what was handed out, of everything else its first byte; 0 where nothing does
 * @param bytes how many bytes there are from the start on, as a size class or pages; 0 where nothing begins
 * @param requested how many bytes were asked for, if somebody kept a record; else -1
 * @param zone the zone that the bytes come from; empty for a page run and for what comes from none
 * @param owner whose the block or item is, or was if it is free; null if nobody's or unknown
 * @param type the short description of its type, or the name of the driver's zone; null likewise
 * @param allocated how it was allocated, if somebody kept a record
 * @param freed how it was freed, if it was and somebody kept a record
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

    /** What an address may belong to. */
    public enum Place {
        /** A block in use. */
        BLOCK,
        /** An item of a driver's zone, in use. */
        ITEM,
        /** An item that is free. */
        FREE,
        /** A block that is kept from reuse for a while: freed, or left behind by a module that has stopped. */
        QUARANTINE,
        /** A guard page, next to a guarded block or in place of one that was freed. */
        GUARD,
        /** The end of a slab, behind its last item. */
        TAIL,
        /** The kernel map, where nothing is allocated. */
        HOLE,
        /** No memory of this kernel. */
        FOREIGN
    }

    /** Bytes from the start to the address; negative in front of it. */
    public long offset() {
        return address - start;
    }
}
