package dev.malloc9.uma;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_NOFREE;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_REFCNT;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_ZINIT;

import dev.malloc9.api.zone.ItemFailed;
import dev.malloc9.vm.KernelLock;
import dev.malloc9.vm.KernelMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A keg that holds the slabs of one item size (struct uma_keg).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: slabs are partly used, empty, or full; only the first two kinds are listed.
 *   <li>Concurrency: one lock, taken once or a few times for each bucket. The init and fini of an item are called without the lock, while
 *       the slab is in no list, so that no thread can take its items. If the items have no init, a request creates its slab under the lock.
 *   <li>Invariants: {@code free} is the sum of the free items of the listed slabs. Every item of a listed or full slab has passed init.
 *       After a free, the number of empty slabs is at most the larger of two numbers: {@code kept}, and one in 16 of all slabs. A keg with
 *       UMA_ZONE_NOFREE keeps all its slabs.
 *   <li>Cost: the main cost of a slab is its tags: a quarter of the memory for items of 16 bytes, 0.4 % for items of 1 KiB.
 *   <li>Differs from BSD: an empty slab that exceeds the number to keep is released to the map at once, not by the next reclaim. Slabs have
 *       64 KiB or more, so a slab of items up to 64 KiB has more items than {@link KegLayout} computes for BSD.
 * </ul>
 */
public final class Keg implements ItemImport {

    /**
     * The binary logarithm of the number of slabs for which one empty slab is kept. A working set whose size varies a little then causes no
     * mapping and unmapping.
     */
    private static final int EMPTY_SHARE_SHIFT = 4;

    private final SlabMap slabs;
    private final int zone;
    private final int sizeClass;
    private final long itemBytes;
    private final int slabUnits;
    private final int ipers;
    private final boolean counted;
    private final boolean zeroed;
    private final KernelLock lock = new KernelLock();

    /** The init and fini of the items of a slab; null for none. */
    private volatile @Nullable ItemInit life;

    /** The slabs with both free and used items, in the order in which they became so. Guarded by {@code lock}. */
    private final LinkedHashSet<Slab> part = new LinkedHashSet<>();

    /**
     * The slabs without a used item: first the new ones, the newest first, then the emptied ones, the oldest first. Guarded by {@code
     * lock}.
     */
    private final ArrayDeque<Slab> empty = new ArrayDeque<>();

    /** The number of free items in listed slabs. Guarded by {@code lock}. */
    private long free;

    /** The number of all slabs, including full ones. Guarded by {@code lock}. */
    private int slabCount;

    /**
     * The number of empty slabs that a free does not release: 1, plus 1 for each slab made in advance; at most 1 after a drain, 0 after
     * {@link #end()}. Guarded by {@code lock}.
     */
    private int kept;

    /** True if slabs are kept until {@link #end()}. Guarded by {@code lock}. */
    private boolean noFree;

    Keg(SlabMap slabs, int zone, int sizeClass, long itemBytes, int slabUnits) {
        this(slabs, zone, sizeClass, itemBytes, slabUnits, 0);
    }

    /**
     * Creates a keg without slabs.
     *
     * @param slabs the slab map that allocates the slabs
     * @param zone the number of the zone whose caches hold the items
     * @param sizeClass the size class under which the layer above accounts for the items
     * @param itemBytes the distance in bytes from one item to the next, a multiple of a granule
     * @param slabUnits the length of a slab in units
     * @param flags UMA_ZONE_NOFREE: slabs are kept until {@link #end()}; UMA_ZONE_REFCNT: items have reference counts; UMA_ZONE_ZINIT: the
     *     items of a new slab read as zero; other flags have no effect here
     */
    Keg(SlabMap slabs, int zone, int sizeClass, long itemBytes, int slabUnits, int flags) {
        this.slabs = slabs;
        this.zone = zone;
        this.sizeClass = sizeClass;
        this.itemBytes = itemBytes;
        this.slabUnits = slabUnits;
        this.ipers = (int) (((long) slabUnits << KernelMap.UNIT_SHIFT) / itemBytes);
        this.noFree = (flags & UMA_ZONE_NOFREE) != 0;
        this.counted = (flags & UMA_ZONE_REFCNT) != 0;
        this.zeroed = (flags & UMA_ZONE_ZINIT) != 0;
        this.kept = 1;
    }

    /** Returns the number of the zone whose caches hold the items. */
    int zone() {
        return zone;
    }

    /** Returns the size class under which the layer above accounts for the items. */
    int sizeClass() {
        return sizeClass;
    }

    /** Returns the length of a slab in units. */
    int slabUnits() {
        return slabUnits;
    }

    /** Returns the number of items of a slab (uk_ipers). */
    int ipers() {
        return ipers;
    }

    /** Returns the distance in bytes from one item to the next. */
    long itemBytes() {
        return itemBytes;
    }

    /** Returns the size in bytes of the kernel map in which the slabs lie. */
    long mapBytes() {
        return slabs.mapBytes();
    }

    /** Returns whether the items have reference counts (UMA_ZONE_REFCNT). */
    boolean counted() {
        return counted;
    }

    /**
     * Replaces the init and fini of the items of a slab. May only be called while the keg has no slab.
     *
     * @param other the new functions; null for none
     */
    void life(@Nullable ItemInit other) {
        life = other;
    }

    /** Returns the init and fini of the items of a slab; null for none. */
    @Nullable
    ItemInit life() {
        return life;
    }

    /**
     * Takes items out of listed slabs, and creates slabs for the rest.
     *
     * <p>If the map is full or the Java heap is exhausted, the result may be smaller than {@code room}. The init functions of a new slab
     * get the flags of the request if no item was taken before, else M_NOWAIT.
     *
     * @throws ItemFailed if the init function refuses an item and no item was taken before
     */
    @Override
    public int fetch(int[] into, int room, long flags) {
        int taken = 0;
        try {
            while (true) {
                taken += takeListed(into, taken, room - taken);
                if (taken == room) {
                    return taken;
                }
                Slab slab = newSlab(taken == 0 ? flags : M_NOWAIT);
                if (slab == null) {
                    return taken;
                }
                add(slab);
            }
        } catch (ItemFailed refused) {
            if (taken == 0) {
                throw refused;
            }
            return taken;
        } catch (RuntimeException | Error thrown) {
            release(into, taken);
            throw thrown;
        }
    }

    /**
     * Returns items that no thread holds any more to their slabs; ignores items of other kegs. If two threads freed an item at the same
     * instant, it comes twice. The second time, the item is in its slab already, or the slab does not exist any more, and the item is
     * ignored.
     */
    @Override
    public void release(int[] items, int count) {
        List<Slab> surplus;
        lock.lock();
        try {
            for (int i = 0; i < count; i++) {
                Slab slab = slabs.find(items[i]);
                if (slab != null && slab.keg == this && slab.give(items[i])) {
                    free++;
                    list(slab);
                }
            }
            surplus = shrinkTo(Math.max(kept, slabCount >>> EMPTY_SHARE_SHIFT));
        } finally {
            lock.unlock();
        }
        for (Slab slab : surplus) {
            release(slab);
        }
    }

    /** Returns whether an item lies in a slab of this keg. The answer stays true while the item is in use or in a cache. */
    boolean owns(int item) {
        Slab slab = slabs.find(item);
        return slab != null && slab.keg == this;
    }

    @Override
    public List<Keg> kegs() {
        return List.of(this);
    }

    @Override
    public boolean has(Keg keg) {
        return equals(keg);
    }

    /**
     * Creates empty slabs with room for the given number of items. If that fails, the slabs that were created until then stay.
     *
     * @param items the number of items; 0 or less creates no slab
     * @param flags the malloc flags, for the init function
     * @return false if the map is full or the Java heap is exhausted
     * @throws ItemFailed if the init function refuses an item
     */
    boolean prealloc(long items, long flags) {
        for (long made = 0; made < items; made += ipers) {
            Slab slab = newSlab(flags);
            if (slab == null) {
                return false;
            }
            lock.lock();
            try {
                kept++;
            } finally {
                lock.unlock();
            }
            add(slab);
        }
        return true;
    }

    /**
     * Releases all empty slabs to the map, also the slabs that were made in advance. The slabs made in advance until now do not count in
     * the number to keep any more. A keg with UMA_ZONE_NOFREE releases nothing.
     */
    void drain() {
        List<Slab> surplus;
        lock.lock();
        try {
            kept = Math.min(kept, 1);
            surplus = shrinkTo(0);
        } finally {
            lock.unlock();
        }
        for (Slab slab : surplus) {
            release(slab);
        }
    }

    /**
     * Returns to the OS the memory of OS pages that hold only free items, while their slabs stay. The lock is held, so that no item is
     * taken meanwhile. Has no effect if the items have an init or a reference count, because a prepared item must keep its content.
     */
    void trim() {
        if (life != null || counted) {
            return;
        }
        lock.lock();
        try {
            part.forEach(slabs::trim);
            empty.forEach(slabs::trim);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Releases all empty slabs, and from now on also the slabs that become empty. A free may still leave one empty slab in 16; the last one
     * is released with the last item.
     */
    void end() {
        lock.lock();
        try {
            noFree = false;
            kept = 0;
        } finally {
            lock.unlock();
        }
        drain();
    }

    /** Returns the number of free items in slabs. */
    long free() {
        lock.lock();
        try {
            return free;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the number of slabs, including empty and full ones. */
    int slabCount() {
        lock.lock();
        try {
            return slabCount;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the total size of the slabs in bytes. */
    long slabBytes() {
        return ((long) slabCount() * slabUnits) << KernelMap.UNIT_SHIFT;
    }

    /** Takes up to {@code room} items out of the slabs that {@link #listed()} returns, and returns their number. */
    private int takeListed(int[] into, int from, int room) {
        lock.lock();
        try {
            int taken = 0;
            while (taken < room) {
                Slab slab = listed();
                if (slab == null) {
                    break;
                }
                taken += slab.take(into, from + taken, room - taken);
                if (slab.freeCount() == 0) {
                    part.remove(slab);
                }
            }
            free -= taken;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns a listed slab with a free item, or null if there is none. If the items have no init and no slab is listed, first tries to
     * create one. An empty slab becomes a partly used one. Called under {@code lock}.
     */
    private @Nullable Slab listed() {
        if (!part.isEmpty()) {
            return part.getFirst();
        }
        if (empty.isEmpty() && life == null) {
            // Created under the lock, so that a thread that comes meanwhile shares the slab and creates no other.
            Slab slab = newSlab(M_NOWAIT);
            if (slab != null) {
                addEmpty(slab);
            }
        }
        Slab slab = empty.pollFirst();
        if (slab != null) {
            part.add(slab);
        }
        return slab;
    }

    /**
     * Creates a slab of prepared items that is in no list yet. Returns null if the map is full or the Java heap has no room for the slab.
     */
    private @Nullable Slab newSlab(long flags) {
        Slab slab = slabs.allocate(this);
        ItemInit now = life;
        if (slab != null && zeroed) {
            slabs.zero(slab);
        }
        if (slab != null && counted) {
            slab.counts = new int[ipers];
        }
        if (slab != null && now != null) {
            prepare(slab, now, flags);
        }
        return slab;
    }

    /**
     * Calls the init of each item of a new slab. If an init throws, calls the fini of the items that were prepared, the last first, and
     * releases the slab.
     */
    private void prepare(Slab slab, ItemInit now, long flags) {
        int ready = 0;
        try {
            while (ready < ipers) {
                now.init(slab.granule(ready), flags);
                ready++;
            }
        } finally {
            if (ready < ipers) {
                while (--ready >= 0) {
                    now.fini(slab.granule(ready));
                }
                slabs.release(slab);
            }
        }
    }

    private void add(Slab slab) {
        lock.lock();
        try {
            addEmpty(slab);
        } finally {
            lock.unlock();
        }
    }

    /** Adds a new slab to the empty ones. Called under {@code lock}. */
    private void addEmpty(Slab slab) {
        empty.addFirst(slab);
        free += ipers;
        slabCount++;
    }

    /** Moves a slab to which an item was returned to the right list. Called under {@code lock}. */
    private void list(Slab slab) {
        if (slab.freeCount() == 1) {
            part.add(slab);
        }
        if (slab.freeCount() == slab.items()) {
            part.remove(slab);
            empty.add(slab);
        }
    }

    /**
     * Removes the empty slabs that exceed the given number from the end of the list, and returns them. A slab that became empty last is
     * removed first. Removes none if the keg has UMA_ZONE_NOFREE. Called under {@code lock}.
     */
    private List<Slab> shrinkTo(int slabsKept) {
        if (empty.size() <= slabsKept || noFree) {
            return List.of();
        }
        List<Slab> surplus = new ArrayList<>();
        while (empty.size() > slabsKept) {
            Slab slab = empty.removeLast();
            free -= slab.items();
            slabCount--;
            surplus.add(slab);
        }
        return surplus;
    }

    /**
     * Calls the fini of each item of a slab, and releases the slab to the map. The slab is in no list any more. Called without {@code
     * lock}.
     */
    private void release(Slab slab) {
        ItemInit now = life;
        if (now != null) {
            for (int index = 0; index < slab.items(); index++) {
                now.fini(slab.granule(index));
            }
        }
        slabs.release(slab);
    }
}
