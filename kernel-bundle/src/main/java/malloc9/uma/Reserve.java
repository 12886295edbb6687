package malloc9.uma;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * The reserve hands out items to requests with M_USE_RESERVE when nobody else gets any.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: slabs of one unit of the kernel map, each of items of one size, in no zone.
 *   <li>Concurrency: one lock, taken for each item.
 *   <li>Invariants: its items pass through no cache and no bucket, so that nobody else gets one; an empty slab goes back to
 *       the map at once, and the reserve is whole again when the last item is freed.
 *   <li>Cost: of no interest to anybody who still gets memory elsewhere.
 *   <li>Differs from BSD: there the reserve is of pages, and the rest of a page is anybody's.
 * </ul>
 */
public final class Reserve {

    private final SlabMap slabs;
    private final KernelLock lock = new KernelLock();

    /** Slabs with free items by the items' bytes. Guarded by lock. */
    private final Map<Long, Set<Slab>> part = new HashMap<>();

    Reserve(SlabMap slabs) {
        this.slabs = slabs;
    }

    /**
     * Takes an item, which may hold anything.
     *
     * @param itemBytes a multiple of a granule up to {@link Uma#ITEM_MAX}
     * @param sizeClass what it is accounted as by the layer above
     * @return its granule as an unsigned number, or -1 if the reserve is used up
     */
    public long take(long itemBytes, int sizeClass) {
        int[] item = new int[1];
        lock.lock();
        try {
            Set<Slab> usable = part.computeIfAbsent(itemBytes, none -> new LinkedHashSet<>());
            Slab slab = usable.isEmpty()
                    ? newSlab(itemBytes, sizeClass, usable)
                    : usable.iterator().next();
            if (slab == null) {
                return -1;
            }
            slab.take(item, 0, 1);
            if (slab.freeCount() == 0) {
                usable.remove(slab);
            }
            return Integer.toUnsignedLong(item[0]);
        } finally {
            lock.unlock();
        }
    }

    /** Takes an item back, whose tag is 0; one that two threads freed in the same instant comes twice, and is here already. */
    public void give(Slab slab, int granule) {
        lock.lock();
        try {
            if (!slab.give(granule)) {
                return;
            }
            Set<Slab> usable = part.computeIfAbsent(slab.itemBytes, none -> new LinkedHashSet<>());
            if (slab.freeCount() < slab.items()) {
                usable.add(slab);
            } else {
                usable.remove(slab);
                slabs.release(slab);
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Slab newSlab(long itemBytes, int sizeClass, Set<Slab> usable) {
        Slab slab = slabs.allocateReserved(sizeClass, itemBytes);
        if (slab == null) {
            return null;
        }
        try {
            usable.add(slab);
        } catch (OutOfMemoryError noHeap) {
            slabs.release(slab);
            return null;
        }
        return slab;
    }
}
