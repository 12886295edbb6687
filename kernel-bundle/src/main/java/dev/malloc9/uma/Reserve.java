package dev.malloc9.uma;

import dev.malloc9.vm.KernelLock;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reserve: allocates items for requests with M_USE_RESERVE when other requests get no memory.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: slabs of one unit of the kernel map. Each slab has items of one size, and belongs to no zone.
 *   <li>Concurrency: one lock, taken for each item.
 *   <li>Invariants: an item of the reserve enters no cache and no bucket, so that no other request can get it. An empty slab is released to
 *       the map at once. The reserve is therefore complete again when the last item is freed.
 *   <li>Cost: a lock for each item, which matters only if there is no other memory.
 *   <li>Differs from BSD: the reserve of FreeBSD consists of pages, and any request may use the rest of such a page.
 * </ul>
 */
public final class Reserve {

    private final SlabMap slabs;
    private final KernelLock lock = new KernelLock();

    /** The slabs with free items, by the size of an item in bytes. Guarded by {@code lock}. */
    private final Map<Long, Set<Slab>> part = new HashMap<>();

    Reserve(SlabMap slabs) {
        this.slabs = slabs;
    }

    /**
     * Takes an item, whose content is undefined.
     *
     * @param itemBytes the size of an item in bytes, a multiple of a granule up to {@link Uma#ITEM_MAX}
     * @param sizeClass the size class under which the layer above accounts for the item
     * @return the first granule of the item as an unsigned number, or -1 if the reserve is used up or the Java heap has no room for a slab
     * @throws OutOfMemoryError if the Java heap has no room for another object
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

    /**
     * Returns an item. If two threads freed the item at the same instant, it comes twice, and the second call has no effect.
     *
     * @param slab the slab of the item
     * @param granule the first granule of the item; its tag is 0 or says that the item is free
     */
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

    /** Allocates a slab and adds it to the usable ones, or returns null if there is no memory. */
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
