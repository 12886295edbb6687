package malloc9.malloc;

import malloc9.api.InvalidFree;
import malloc9.api.InvalidFree.Reason;
import malloc9.uma.Slab;
import malloc9.uma.SlabMap;
import malloc9.uma.Uma;
import malloc9.vm.PageSource;

/** Says in peace what is wrong with a block that the fast path refused; of items of zones {@link ItemCheck} does. */
final class BlockCheck {

    private final SlabMap slabs;
    private final MallocTypes types;
    private final Events events;
    private final long base;
    private final long size;

    BlockCheck(Uma uma, MallocTypes types, Events events) {
        this.slabs = uma.slabs();
        this.types = types;
        this.events = events;
        this.base = uma.map().base();
        this.size = uma.map().size();
    }

    /** The slab whose live block of that type starts at the address; everything else is an error. */
    Slab locate(long address, MallocTypeInternal type, long viewBytes, String function) {
        long offset = address - base;
        int granule = (int) (offset >>> Slab.GRANULE_SHIFT);
        Slab slab = Long.compareUnsigned(offset, size) < 0 ? slabs.find(granule) : null;
        if (slab == null || Integer.compareUnsigned(granule, slab.base) < 0) {
            throw refused(
                    type,
                    Reason.FOREIGN,
                    address,
                    Messages.notAllocated(function, address, address & -PageSource.PAGE));
        }
        int index = slab.indexOf(granule);
        if (index < 0 || (offset & (Slab.GRANULE - 1)) != 0) {
            throw refused(type, Reason.INTERIOR, address, interior(slab, granule, address, function));
        }
        if (!Ablation.TAGS) {
            return slab;
        }
        int tag = slab.tagOf(granule);
        if (tag == 0) {
            throw refused(
                    type,
                    Reason.DOUBLE_FREE,
                    address,
                    Messages.doubleFree(function, address, slab.itemBytes, type.name));
        }
        if (Tags.number(tag) == Tags.QUARANTINED) {
            throw refused(type, Reason.REVOKED, address, Messages.quarantined(function, address, slab.itemBytes));
        }
        if (!Tags.isOf(tag, type.number)) {
            throw refused(type, Reason.WRONG_TYPE, address, wrongType(slab, tag, address, type, function));
        }
        if (viewBytes > slab.itemBytes) {
            throw refused(
                    type,
                    Reason.LONGER_VIEW,
                    address,
                    Messages.longerView(function, address, viewBytes, slab.itemBytes));
        }
        return slab;
    }

    private String interior(Slab slab, int granule, long address, String function) {
        int index = slab.indexOfItem(granule);
        return index < slab.items()
                ? Messages.interior(
                        function,
                        address,
                        base + (Integer.toUnsignedLong(slab.granule(index)) << Slab.GRANULE_SHIFT),
                        slab.itemBytes)
                : Messages.tail(function, address);
    }

    private String wrongType(Slab slab, int tag, long address, MallocTypeInternal type, String function) {
        MallocTypeInternal other = types.ofTag(tag);
        ZoneItems zone = types.zoneOfTag(tag);
        if (zone != null) {
            return Messages.zonesItem(function, address, slab.itemBytes, zone.zone.name(), zone.type.owner.module());
        }
        return other == null
                ? Messages.notAllocated(function, address, address & -PageSource.PAGE)
                : Messages.wrongType(
                        function,
                        address,
                        slab.itemBytes,
                        type.name,
                        type.owner.module(),
                        other.name,
                        other.owner.module());
    }

    /** Tells of a pointer that cannot be freed, and makes its error. */
    InvalidFree refused(MallocTypeInternal type, Reason reason, long address, String message) {
        InvalidFree error = new InvalidFree(reason, address, message);
        events.panicked(type.owner.module(), error);
        return error;
    }
}
