package malloc9.malloc;

import java.lang.invoke.VarHandle;
import malloc9.api.InvalidFree;
import malloc9.api.InvalidFree.Reason;
import malloc9.debug.BlockRecord;
import malloc9.uma.Slab;
import malloc9.uma.SlabMap;
import malloc9.uma.Uma;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

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
        Slab slab = slabAt(address);
        if (slab == null) {
            throw verdict(
                    function,
                    type,
                    Reason.FOREIGN,
                    address,
                    Messages.notAllocated(function, address, address & -PageSource.PAGE));
        }
        int noted = slab.indexOfItem(granule);
        BlockRecord record = noted < slab.items() && slab.note(granule) instanceof BlockRecord kept ? kept : null;
        if (record != null && Tags.isNoted(slab.tagOf(slab.granule(noted)))) {
            checkNoted(record, slab.tagOf(slab.granule(noted)), slab, address, type, viewBytes, function);
            return slab;
        }
        if (record != null
                && record.address == address
                && record.isFreed()
                && isFree(slab.tagOf(slab.granule(noted)))) {
            throw doubleFree(type, record, function);
        }
        if (record != null
                && record.address == address
                && Tags.number(slab.tagOf(slab.granule(noted))) == Tags.QUARANTINED) {
            throw verdict(
                    function, type, Reason.REVOKED, address, Messages.quarantined(function, address, record.bytes));
        }
        int index = slab.indexOf(granule);
        if (index < 0 || (offset & (Slab.GRANULE - 1)) != 0) {
            throw verdict(function, type, Reason.INTERIOR, address, interior(slab, granule, address, function));
        }
        if (!Ablation.TAGS) {
            return slab;
        }
        int tag = slab.tagOf(granule);
        if (isFree(tag)) {
            throw verdict(
                    function,
                    type,
                    Reason.DOUBLE_FREE,
                    address,
                    Messages.doubleFree(function, address, slab.itemBytes, type.name));
        }
        if (Tags.number(tag) == Tags.QUARANTINED) {
            throw verdict(
                    function, type, Reason.REVOKED, address, Messages.quarantined(function, address, slab.itemBytes));
        }
        if (!Tags.isOf(tag, type.number)) {
            throw verdict(
                    function,
                    type,
                    Reason.WRONG_TYPE,
                    address,
                    wrongType(slab, slab.itemBytes, tag, address, type, function));
        }
        if (viewBytes > slab.itemBytes) {
            throw verdict(
                    function,
                    type,
                    Reason.LONGER_VIEW,
                    address,
                    Messages.longerView(function, address, viewBytes, slab.itemBytes));
        }
        return slab;
    }

    /** The record of the block that an address lies in, in use or in quarantine; null if nobody keeps one. */
    @Nullable
    BlockRecord noted(long address) {
        Slab slab = slabAt(address);
        int granule = (int) ((address - base) >>> Slab.GRANULE_SHIFT);
        int index = slab == null ? 0 : slab.indexOfItem(granule);
        return slab != null
                        && index < slab.items()
                        && Tags.isNoted(slab.tagOf(slab.granule(index)))
                        && slab.note(granule) instanceof BlockRecord record
                ? record
                : null;
    }

    private @Nullable Slab slabAt(long address) {
        long offset = address - base;
        int granule = (int) (offset >>> Slab.GRANULE_SHIFT);
        Slab slab = Long.compareUnsigned(offset, size) < 0 ? slabs.find(granule) : null;
        return slab == null || Integer.compareUnsigned(granule, slab.base) < 0 ? null : slab;
    }

    private static boolean isFree(int tag) {
        return tag == 0 || Tags.number(tag) == Tags.TRASHED;
    }

    /** As {@link #locate}, of a block that somebody keeps a record of. */
    private void checkNoted(
            BlockRecord record,
            int tag,
            Slab slab,
            long address,
            MallocTypeInternal type,
            long viewBytes,
            String function) {
        if (address != record.address) {
            throw verdict(
                    function,
                    type,
                    Reason.INTERIOR,
                    address,
                    Messages.interior(function, address, record.address, record.bytes));
        }
        if (Tags.number(tag) == Tags.QUARANTINED) {
            throw doubleFree(type, record, function);
        }
        if (!Tags.isOf(tag, type.number)) {
            throw verdict(
                    function,
                    type,
                    Reason.WRONG_TYPE,
                    address,
                    wrongType(slab, record.bytes, tag, address, type, function));
        }
        if (viewBytes > record.bytes) {
            throw verdict(
                    function,
                    type,
                    Reason.LONGER_VIEW,
                    address,
                    Messages.longerView(function, address, viewBytes, record.bytes));
        }
    }

    private RuntimeException doubleFree(MallocTypeInternal type, BlockRecord record, String function) {
        return verdict(
                function, type, Reason.DOUBLE_FREE, record.address, Messages.doubleFree(function, record, type.name));
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

    private String wrongType(Slab slab, long bytes, int tag, long address, MallocTypeInternal type, String function) {
        MallocTypeInternal other = types.ofTag(tag);
        ZoneItems zone = types.zoneOfTag(tag);
        if (zone != null) {
            return Messages.zonesItem(function, address, slab.itemBytes, zone.zone.name(), zone.type.owner.module());
        }
        return other == null
                ? Messages.notAllocated(function, address, address & -PageSource.PAGE)
                : Messages.wrongType(
                        function, address, bytes, type.name, type.owner.module(), other.name, other.owner.module());
    }

    /** The verdict on a pointer, or that its type's module has stopped: the stop may have taken the block back while it was looked at. */
    private RuntimeException verdict(
            String function, MallocTypeInternal type, Reason reason, long address, String message) {
        // What was found may be what the stop left; then the stop is seen from here on.
        VarHandle.acquireFence();
        return type.alive() ? refused(type, reason, address, message) : type.unregistered(function);
    }

    /** Tells of a pointer that cannot be freed, and makes its error. */
    InvalidFree refused(MallocTypeInternal type, Reason reason, long address, String message) {
        InvalidFree error = new InvalidFree(reason, address, message);
        events.panicked(type.owner.module(), error);
        return error;
    }
}
