package malloc9.malloc;

import java.lang.foreign.MemorySegment;
import malloc9.api.InvalidFree;
import malloc9.api.InvalidFree.Reason;
import malloc9.debug.BlockRecord;
import malloc9.uma.Slab;
import malloc9.uma.Uma;

/** Says in peace what is wrong with an item that the fast path refused (uma_dbg), always and not only in debug kernels. */
final class ItemCheck {

    private final Uma uma;
    private final MallocTypes types;
    private final Events events;
    private final long base;
    private final long size;

    ItemCheck(Uma uma, MallocTypes types, Events events) {
        this.uma = uma;
        this.types = types;
        this.events = events;
        this.base = uma.map().base();
        this.size = uma.map().size();
    }

    /** The slab whose live item of that zone starts at the address; everything else is an error. */
    Slab locate(ZoneItems zone, long address, long viewBytes, String function) {
        String name = zone.zone.name();
        long offset = address - base;
        int granule = (int) (offset >>> Slab.GRANULE_SHIFT);
        Slab slab = Long.compareUnsigned(offset, size) < 0 ? uma.slabs().find(granule) : null;
        if (slab == null) {
            throw refused(zone.type, Reason.FOREIGN, address, ZoneMessages.foreign(address, name));
        }
        checkNoted(zone, slab, granule, address);
        int index = slab.indexOf(granule);
        if (index < 0 || (offset & (Slab.GRANULE - 1)) != 0) {
            throw refused(zone.type, Reason.INTERIOR, address, unaligned(slab, granule, address, name));
        }
        int tag = slab.tagOf(granule);
        if (Tags.number(tag) == Tags.QUARANTINED) {
            throw refused(zone.type, Reason.REVOKED, address, Messages.quarantined(function, address, slab.itemBytes));
        }
        if (!Tags.isOf(tag, zone.number)) {
            throw notOf(zone, tag, slab, address);
        }
        if (viewBytes > zone.size) {
            throw refused(
                    zone.type,
                    Reason.LONGER_VIEW,
                    address,
                    Messages.longerView(function, address, viewBytes, zone.size));
        }
        return slab;
    }

    /** Refuses what lies in an armoured block, which does not start where its slab's item does. */
    private void checkNoted(ZoneItems zone, Slab slab, int granule, long address) {
        int index = slab.indexOfItem(granule);
        int tag = index < slab.items() ? slab.tagOf(slab.granule(index)) : 0;
        if (!Tags.isNoted(tag) || !(slab.note(granule) instanceof BlockRecord record)) {
            return;
        }
        if (address != record.address) {
            throw refused(zone.type, Reason.INTERIOR, address, unaligned(slab, granule, address, zone.zone.name()));
        }
        throw notOf(zone, tag, slab, address);
    }

    /** The error for a segment that is no item, whatever its address. */
    InvalidFree unfreeable(MemorySegment item, MallocTypeInternal type, String function) {
        if (!item.isNative()) {
            return refused(type, Reason.HEAP_SEGMENT, 0, Messages.heapSegment(function, item.byteSize()));
        }
        long address = item.address();
        return item.scope().isAlive()
                ? refused(type, Reason.READ_ONLY, address, Messages.readOnly(function, address))
                : refused(type, Reason.REVOKED, address, Messages.revoked(function, address));
    }

    private InvalidFree notOf(ZoneItems zone, int tag, Slab slab, long address) {
        String name = zone.zone.name();
        MallocTypeInternal type = types.ofTag(tag);
        ZoneItems other = types.zoneOfTag(tag);
        if (type != null) {
            String whose = ZoneMessages.type(type.name, type.owner.module());
            return refused(zone.type, Reason.WRONG_TYPE, address, others(address, zone, whose));
        }
        if (other != null) {
            String whose = ZoneMessages.zone(other.zone.name(), other.type.owner.module());
            return refused(zone.type, Reason.WRONG_ZONE, address, others(address, zone, whose));
        }
        return tag == 0 && zone.zone.owns(slab)
                ? refused(zone.type, Reason.DOUBLE_FREE, address, ZoneMessages.duplicate(address, name))
                : refused(zone.type, Reason.FOREIGN, address, ZoneMessages.foreign(address, name));
    }

    private static String others(long address, ZoneItems zone, String whose) {
        return ZoneMessages.others(address, zone.zone.name(), zone.type.owner.module(), whose);
    }

    private String unaligned(Slab slab, int granule, long address, String zone) {
        int index = slab.indexOfItem(granule);
        return index < slab.items()
                ? ZoneMessages.unaligned(address, zone, addressOf(slab.base), addressOf(slab.granule(index)))
                : Messages.tail("uma_zfree", address);
    }

    private InvalidFree refused(MallocTypeInternal type, Reason reason, long address, String message) {
        InvalidFree error = new InvalidFree(reason, address, message);
        events.panicked(type.owner.module(), error);
        return error;
    }

    private long addressOf(int granule) {
        return base + (Integer.toUnsignedLong(granule) << Slab.GRANULE_SHIFT);
    }
}
