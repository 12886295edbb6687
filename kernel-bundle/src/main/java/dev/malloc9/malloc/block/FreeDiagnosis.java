package dev.malloc9.malloc.block;

import dev.malloc9.debug.BlockRecord;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.refusal.Refusals;
import dev.malloc9.malloc.refusal.Verdict;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.SlabMap;
import dev.malloc9.uma.Uma;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The check of an address against the tags and records of the kernel map. It finds the live block of a type that starts at the
 * address. If there is none, it finds out why, and reports the reason as an {@code InvalidFree}. {@code ZoneFreeDiagnosis} is the same for
 * items of zones.
 *
 * <p>Thread-safe; it changes no block.
 */
public final class FreeDiagnosis {

    private final SlabMap slabs;
    private final Refusals refusals;
    private final long base;
    private final long size;

    public FreeDiagnosis(Uma uma, Refusals refusals) {
        this.slabs = uma.slabs();
        this.refusals = refusals;
        this.base = uma.map().base();
        this.size = uma.map().size();
    }

    /**
     * Returns the slab that contains the live block of a type that starts at the address. For an armoured block, the address is the first
     * byte behind the front red zone. A guarded block is not found.
     *
     * @param viewBytes the length of the caller's view in bytes, or {@link Refusals#NO_VIEW}; compared with the requested size of an
     *     armoured block, and with the size class or page run of any other block
     * @param function the function that is named in errors
     * @throws dev.malloc9.api.InvalidFree if there is no such block, or the view is longer than the block; the error has been reported
     * @throws dev.malloc9.api.UnregisteredType instead of an InvalidFree, if the type's module has stopped
     */
    public Slab locate(long address, MallocTypeInternal type, long viewBytes, String function) {
        long offset = address - base;
        int granule = Slab.granuleOf(offset);
        Slab slab = slabAt(address);
        if (slab == null) {
            throw refused(function, Verdict.NOT_ALLOCATED, type, address, viewBytes);
        }
        int noted = slab.indexOfItem(granule);
        BlockRecord record = noted < slab.items() && slab.note(granule) instanceof BlockRecord kept ? kept : null;
        if (record != null && Tags.isNoted(slab.tagOf(slab.granule(noted)))) {
            Verdict verdict = ofNoted(record, slab.tagOf(slab.granule(noted)), address, type, viewBytes);
            if (verdict != null) {
                throw refused(function, verdict, type, address, viewBytes);
            }
            return slab;
        }
        if (record != null
                && record.address == address
                && record.isFreed()
                && isFree(slab.tagOf(slab.granule(noted)))) {
            throw refused(function, Verdict.FREE_ALREADY, type, address, viewBytes);
        }
        if (record != null
                && record.address == address
                && Tags.number(slab.tagOf(slab.granule(noted))) == Tags.QUARANTINED) {
            throw refused(function, Verdict.LEFT, type, address, viewBytes);
        }
        int index = slab.indexOf(granule);
        if (index < 0 || (offset & (Slab.GRANULE - 1)) != 0) {
            throw refused(function, Verdict.INTERIOR, type, address, viewBytes);
        }
        Verdict verdict = ofStart(slab, slab.tagOf(granule), type, viewBytes);
        if (verdict != null) {
            throw refused(function, verdict, type, address, viewBytes);
        }
        return slab;
    }

    /**
     * Returns the verdict on the first byte of an item or page run without a record; null for a live block of the type, if the view is not
     * longer.
     */
    private static @Nullable Verdict ofStart(Slab slab, int tag, MallocTypeInternal type, long viewBytes) {
        if (isFree(tag)) {
            return Verdict.FREE_ALREADY;
        }
        if (Tags.number(tag) == Tags.QUARANTINED) {
            return Verdict.LEFT;
        }
        if (!Tags.isOf(tag, type.number)) {
            return Verdict.OTHER_TYPE;
        }
        return viewBytes > slab.itemBytes ? Verdict.LONGER_VIEW : null;
    }

    /** Returns the record of the armoured block whose item contains an address, live or in quarantine; null if there is none. */
    @Nullable
    public BlockRecord noted(long address) {
        Slab slab = slabAt(address);
        int granule = Slab.granuleOf(address - base);
        int index = slab == null ? 0 : slab.indexOfItem(granule);
        return slab != null
                        && index < slab.items()
                        && Tags.isNoted(slab.tagOf(slab.granule(index)))
                        && slab.note(granule) instanceof BlockRecord record
                ? record
                : null;
    }

    /**
     * Returns the slab that contains an address; null outside the map, in a hole, and below a contiguous run that begins inside its unit.
     */
    private @Nullable Slab slabAt(long address) {
        long offset = address - base;
        int granule = Slab.granuleOf(offset);
        Slab slab = Long.compareUnsigned(offset, size) < 0 ? slabs.find(granule) : null;
        return slab == null || Integer.compareUnsigned(granule, slab.base) < 0 ? null : slab;
    }

    private static boolean isFree(int tag) {
        return tag == 0 || Tags.number(tag) == Tags.TRASHED;
    }

    /**
     * Returns the verdict on an address inside a block with a record; null for the first byte of a live block of the type, if the view is
     * not longer.
     */
    private static @Nullable Verdict ofNoted(
            BlockRecord record, int tag, long address, MallocTypeInternal type, long viewBytes) {
        if (address != record.address) {
            return Verdict.INTERIOR;
        }
        if (Tags.number(tag) == Tags.QUARANTINED) {
            return Verdict.FREE_ALREADY;
        }
        if (!Tags.isOf(tag, type.number)) {
            return Verdict.OTHER_TYPE;
        }
        return viewBytes > record.bytes ? Verdict.LONGER_VIEW : null;
    }

    /**
     * Creates and reports the error for an address. If the type's module has stopped, the error is an UnregisteredType, which is not
     * reported: the stop may have taken the block back during the check.
     */
    private RuntimeException refused(
            String function, Verdict verdict, MallocTypeInternal type, long address, long viewBytes) {
        // The tag may have been written by the stop. In that case the load of alive() below sees that the type is dead.
        VarHandle.acquireFence();
        return type.alive() ? refusals.block(function, verdict, type, address, viewBytes) : type.unregistered(function);
    }
}
