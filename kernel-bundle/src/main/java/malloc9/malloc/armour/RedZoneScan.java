package malloc9.malloc.armour;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import malloc9.api.runtime.Damage;
import malloc9.debug.BlockRecord;
import malloc9.debug.RedZone;
import malloc9.malloc.account.Tags;
import malloc9.malloc.type.MallocTypes;
import malloc9.pcpu.Pcpu;
import malloc9.uma.Slab;
import malloc9.uma.Uma;

/**
 * A sweep looks at the red zones of all armoured blocks, and at the trash of those that were freed, wherever they are.
 *
 * <p>It holds nobody up: an item is looked at as it is, each in a critical section, so that the map does not end meanwhile. What looks damaged counts only if the item's tag and record are the same afterwards, behind {@link malloc9.pcpu.Cpus#quiesce}:
 * both change before the memory of an item that changes hands does, and a record is one life of a block.
 */
final class RedZoneScan {

    private static final long QUIESCE_MILLIS = 1_000;

    private final Uma uma;
    private final MallocTypes types;
    private final MemorySegment range;

    /** An item that looks damaged, and as whose. */
    private record Suspicion(Slab slab, int item, int tag, BlockRecord record, List<Damage> damages) {}

    RedZoneScan(Uma uma, MallocTypes types, MemorySegment range) {
        this.uma = uma;
        this.types = types;
        this.range = range;
    }

    /**
     * What is damaged.
     *
     * @param news takes what no sweep has found before
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

    private static boolean isArmour(int tag) {
        return Tags.isNoted(tag) || Tags.number(tag) == Tags.TRASHED;
    }

    private List<Damage> damages(Slab slab, int item, int tag, BlockRecord record) {
        Pcpu cpu = uma.enterCurrent();
        try {
            if (types.closed()) {
                return List.of();
            }
            if (Tags.isNoted(tag) && Tags.number(tag) != Tags.QUARANTINED) {
                return RedZone.damage(
                        range, Integer.toUnsignedLong(item) << Slab.GRANULE_SHIFT, slab.itemBytes, record, null);
            }
            Damage damage = CheckedBlocks.trashDamage(range, slab, item);
            return damage == null ? List.of() : List.of(damage);
        } finally {
            uma.leave(cpu);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a slab and a record are who they are
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
