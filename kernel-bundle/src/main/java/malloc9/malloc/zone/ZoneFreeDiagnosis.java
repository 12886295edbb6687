package malloc9.malloc.zone;

import java.lang.foreign.MemorySegment;
import malloc9.api.InvalidFree;
import malloc9.debug.BlockRecord;
import malloc9.debug.memguard.GuardedBlock;
import malloc9.debug.memguard.MemGuard;
import malloc9.malloc.account.Tags;
import malloc9.malloc.refusal.Refusals;
import malloc9.malloc.refusal.Verdict;
import malloc9.malloc.type.MallocTypes;
import malloc9.uma.Slab;
import malloc9.uma.Uma;
import org.jspecify.annotations.Nullable;

/** Finds out why the fast path rejected an item (uma_dbg), always and not only in debug kernels. */
public final class ZoneFreeDiagnosis {

    private final Uma uma;
    private final MallocTypes types;
    private final MemGuard guard;
    private final Refusals refusals;
    private final long base;
    private final long size;

    ZoneFreeDiagnosis(Uma uma, MallocTypes types, MemGuard guard, Refusals refusals) {
        this.uma = uma;
        this.types = types;
        this.guard = guard;
        this.refusals = refusals;
        this.base = uma.map().base();
        this.size = uma.map().size();
    }

    /** The slab whose live item of that zone starts at the address; everything else is an error. */
    Slab locate(ZoneAllocator zone, long address, long viewBytes, String function) {
        if (guard.owns(address)) {
            throw refused(function, guarded(address), zone, address, viewBytes, 0);
        }
        long offset = address - base;
        int granule = (int) (offset >>> Slab.GRANULE_SHIFT);
        Slab slab = Long.compareUnsigned(offset, size) < 0 ? uma.slabs().find(granule) : null;
        if (slab == null) {
            throw refused(function, Verdict.NOT_ALLOCATED, zone, address, viewBytes, 0);
        }
        long own = zone.zone.owns(slab) ? addressOf(slab.base) : 0;
        int tag = tag(slab, granule);
        boolean starts = (Tags.isNoted(tag) && slab.note(granule) instanceof BlockRecord record)
                ? address == record.address
                : slab.indexOf(granule) >= 0 && (offset & (Slab.GRANULE - 1)) == 0;
        Verdict verdict = starts ? verdict(zone, slab, tag, viewBytes) : Verdict.INTERIOR;
        if (verdict != null) {
            throw refused(function, verdict, zone, address, viewBytes, own);
        }
        return slab;
    }

    /** The tag of the item around a granule; 0 behind the last item. */
    private static int tag(Slab slab, int granule) {
        int index = slab.indexOfItem(granule);
        return index < slab.items() ? slab.tagOf(slab.granule(index)) : 0;
    }

    /** What is wrong with the start of a block or item; null for a live item of the zone. */
    private @Nullable Verdict verdict(ZoneAllocator zone, Slab slab, int tag, long viewBytes) {
        if (!Tags.isNoted(tag) && Tags.number(tag) == Tags.QUARANTINED) {
            return Verdict.LEFT;
        }
        if (Tags.isOf(tag, zone.number)) {
            return viewBytes > zone.size ? Verdict.LONGER_VIEW : null;
        }
        if (types.ofTag(tag) != null) {
            return Verdict.OTHER_TYPE;
        }
        if (types.numbers.zoneOfTag(tag) != null) {
            return Verdict.OTHER_ZONE;
        }
        return tag == 0 && zone.zone.owns(slab) ? Verdict.FREE_ALREADY : Verdict.NOT_ALLOCATED;
    }

    /** What is wrong with an address of MemGuard's, which guards no items of zones. */
    private Verdict guarded(long address) {
        GuardedBlock block = guard.find(address);
        if (block == null || !block.isLive()) {
            return block != null && block.isLeft() ? Verdict.LEFT : Verdict.NOT_ALLOCATED;
        }
        return block.address() == address ? Verdict.OTHER_TYPE : Verdict.INTERIOR;
    }

    private InvalidFree refused(
            String function, Verdict verdict, ZoneAllocator zone, long address, long viewBytes, long slab) {
        return refusals.item(function, verdict, zone.type, zone.given(), address, viewBytes, slab);
    }

    private long addressOf(int granule) {
        return base + (Integer.toUnsignedLong(granule) << Slab.GRANULE_SHIFT);
    }

    /** The error for a segment that is no item, whatever its address. */
    InvalidFree unfreeable(MemorySegment item, ZoneAllocator zone, String function) {
        return refusals.segment(function, item, zone.type, zone.given());
    }
}
