package dev.malloc9.malloc.armour;

import dev.malloc9.api.runtime.Damage;
import dev.malloc9.debug.BlockRecord;
import dev.malloc9.debug.RedZone;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The scan of all armoured blocks: compares the red zones of live blocks, and the trash of freed blocks, in the quarantine and after it.
 *
 * <p>The scan blocks no other thread. It inspects each item in a critical section of its own, so that the map does not end meanwhile.
 *
 * <p>An item that looks damaged is a suspicion. It is confirmed only if the item's tag and record are still the same after
 * {@link dev.malloc9.pcpu.Cpus#quiesce}. A request that allocates or frees an item changes the item's tag in the critical section in which
 * it first changes the item's memory. Quiesce waits for that section. Each armoured block has its own record.
 */
final class RedZoneScan {

    /**
     * The longest time in milliseconds that a scan waits for open critical sections. Suspicions are then checked even if a section is still
     * open.
     */
    private static final long QUIESCE_MILLIS = 1_000;

    private final Uma uma;
    private final MallocTypes types;
    private final MemorySegment range;

    /** An item that looks damaged, with the tag and the record that it had at the inspection. */
    private record Suspicion(Slab slab, int item, int tag, BlockRecord record, List<Damage> damages) {}

    RedZoneScan(Uma uma, MallocTypes types, MemorySegment range) {
        this.uma = uma;
        this.types = types;
        this.range = range;
    }

    /**
     * Scans all armoured blocks, and returns all confirmed damage. The caller is outside all critical sections.
     *
     * @param news receives the damage that is new: the number of damaged bytes of the block differs from that of the last scan that found
     *     damage there
     */
    List<Damage> damages(List<Damage> news) {
        List<Suspicion> suspicions = new ArrayList<>();
        for (Slab slab : uma.liveSlabs()) {
            look(slab, suspicions);
        }
        if (suspicions.isEmpty()) {
            return List.of();
        }
        uma.cpus().quiesce(QUIESCE_MILLIS);
        List<Damage> found = new ArrayList<>();
        for (Suspicion suspicion : suspicions) {
            if (holds(suspicion)) {
                found.addAll(suspicion.damages);
                if (suspicion.record.tell(bytes(suspicion.damages))) {
                    news.addAll(suspicion.damages);
                }
            }
        }
        return List.copyOf(found);
    }

    /** Inspects all items of a slab that have a record, and adds each item that looks damaged to the suspicions. */
    private void look(Slab slab, List<Suspicion> suspicions) {
        for (int index = 0; slab.hasNotes() && index < slab.items(); index++) {
            int item = slab.granule(index);
            int tag = slab.tagOf(item);
            if (slab.note(item) instanceof BlockRecord record && isArmour(tag)) {
                List<Damage> damages = damages(slab, item, tag, record);
                if (!damages.isEmpty()) {
                    suspicions.add(new Suspicion(slab, item, tag, record, damages));
                }
            }
        }
    }

    /** Returns whether a tag is that of an armoured block: live, in quarantine, or free and filled with trash. */
    private static boolean isArmour(int tag) {
        return Tags.isNoted(tag) || Tags.number(tag) == Tags.TRASHED;
    }

    /** Returns the damage to an item, inspected inside a critical section; an empty list once the kernel has stopped. */
    private List<Damage> damages(Slab slab, int item, int tag, BlockRecord record) {
        Pcpu cpu = uma.enterCurrent();
        try {
            if (types.closed()) {
                return List.of();
            }
            if (Tags.isNoted(tag) && Tags.number(tag) != Tags.QUARANTINED) {
                return RedZone.damage(range, Slab.offsetOf(item), slab.itemBytes, record, null);
            }
            Damage damage = CheckedBlocks.trashDamage(range, slab, item);
            return damage == null ? List.of() : List.of(damage);
        } finally {
            uma.leave(cpu);
        }
    }

    /** Returns whether the item still has the same slab, tag and record as at the inspection. */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    private boolean holds(Suspicion suspicion) {
        Slab slab = suspicion.slab;
        return uma.slabs().find(suspicion.item) == slab
                && slab.tagOf(suspicion.item) == suspicion.tag
                && slab.note(suspicion.item) == suspicion.record;
    }

    private static long bytes(List<Damage> damages) {
        return damages.stream().mapToLong(Damage::bytes).sum();
    }
}
