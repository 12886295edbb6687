package dev.malloc9.malloc.zone;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.debug.BlockRecord;
import dev.malloc9.debug.memguard.GuardedBlock;
import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.malloc.refusal.Verdict;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Finds the item that a free, a destructor or the look-up of a reference count refers to (uma_dbg). If there is none, finds the reason.
 * FreeBSD makes these checks in debug kernels only.
 */
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

    /**
     * Returns the slab of the live item of the given zone that starts at an address.
     *
     * @param viewBytes the length of the caller's segment in bytes, or {@link Refusals#NO_VIEW}
     * @param function the name of the calling function, for the error text
     * @throws InvalidFree if the address is anything else, or the segment is longer than the item; the error was reported
     */
    Slab locate(ZoneAllocator zone, long address, long viewBytes, String function) {
        if (guard.owns(address)) {
            throw refused(function, guarded(address), zone, address, viewBytes, 0);
        }
        long offset = address - base;
        int granule = Slab.granuleOf(offset);
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

    /** Returns the tag of the item or page run that contains a granule; 0 behind the last item of the slab. */
    private static int tag(Slab slab, int granule) {
        int index = slab.indexOfItem(granule);
        return index < slab.items() ? slab.tagOf(slab.granule(index)) : 0;
    }

    /**
     * Returns the verdict on a pointer to the start of a block or item; null if it is a live item of the zone and the view is not too long.
     */
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

    /** Returns the verdict on an address in MemGuard's range. MemGuard guards no items of zones, so the address is never valid. */
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
        return base + Slab.offsetOf(granule);
    }

    /** Returns the error for a segment that cannot be an item, regardless of its address. The error was reported. */
    InvalidFree unfreeable(MemorySegment item, ZoneAllocator zone, String function) {
        return refusals.segment(function, item, zone.type, zone.given());
    }
}
