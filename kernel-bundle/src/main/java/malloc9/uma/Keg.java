package malloc9.uma;

import static malloc9.api.MallocFlags.M_NOWAIT;
import static malloc9.api.zone.ZoneFlags.UMA_ZONE_NOFREE;
import static malloc9.api.zone.ZoneFlags.UMA_ZONE_REFCNT;
import static malloc9.api.zone.ZoneFlags.UMA_ZONE_ZINIT;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import malloc9.api.zone.ItemFailed;
import malloc9.vm.KernelLock;
import malloc9.vm.KernelMap;
import org.jspecify.annotations.Nullable;

/**
 * A keg holds the slabs of one item size.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: slabs are partly used, empty, or full; only the first two are listed.
 *   <li>Concurrency: one lock, taken once a bucket. An item's life is begun and ended outside it, while nobody else can
 *       see its slab.
 *   <li>Invariants: {@code free} is the sum of the listed slabs' free items; every item of a listed or full slab has
 *       been prepared; no more empty slabs are kept than were made in advance, one at least, or one in 16.
 *   <li>Cost: a slab costs its tags, a quarter of the memory at 16-byte items, 0.4 % at 1 KiB.
 *   <li>Differs from BSD: the empty slab more than one goes back to the map at once, not at the next reclaim. Slabs are of
 *       64 KiB and more, so that a slab has more items than {@link KegLayout} says of BSD's.
 * </ul>
 */
public final class Keg implements ItemImport {

    /** Log2 of the slabs of which one may be empty: a working set that breathes does not map and unmap with each breath. */
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

    /** What begins and ends with a slab. */
    private volatile @Nullable ItemInit life;

    /** Slabs with free and used items, in the order in which they became so. Guarded by lock. */
    private final LinkedHashSet<Slab> part = new LinkedHashSet<>();

    /** Slabs without a used item. Guarded by lock. */
    private final ArrayDeque<Slab> empty = new ArrayDeque<>();

    /** Items in slabs. Guarded by lock. */
    private long free;

    /** All slabs, full ones too. Guarded by lock. */
    private int slabCount;

    /** How many empty slabs are not given back at once. Guarded by lock. */
    private int kept;

    /** Whether slabs stay until {@link #end()}. Guarded by lock. */
    private boolean noFree;

    Keg(SlabMap slabs, int zone, int sizeClass, long itemBytes, int slabUnits) {
        this(slabs, zone, sizeClass, itemBytes, slabUnits, 0);
    }

    /**
     * A keg without slabs.
     *
     * @param zone the number of the zone that the items go to
     * @param sizeClass what they are accounted as
     * @param flags UMA_ZONE_NOFREE: slabs stay until {@link #end()}; UMA_ZONE_REFCNT: items have reference counts; UMA_ZONE_ZINIT: the
     *     items of a new slab read as zero; others have no effect here
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

    int zone() {
        return zone;
    }

    int sizeClass() {
        return sizeClass;
    }

    int slabUnits() {
        return slabUnits;
    }

    int ipers() {
        return ipers;
    }

    /** Bytes from one item to the next. */
    long itemBytes() {
        return itemBytes;
    }

    /** Bytes of the map that its slabs are part of. */
    long mapBytes() {
        return slabs.mapBytes();
    }

    /** Whether items have reference counts. */
    boolean counted() {
        return counted;
    }

    /** Replaces what is done to items of new slabs, and of slabs that go; right only while there is no slab. */
    void life(@Nullable ItemInit other) {
        life = other;
    }

    /** Returns what is done to items of new slabs, and of slabs that go; null for nothing. */
    @Nullable
    ItemInit life() {
        return life;
    }

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
     * Takes items back that nobody holds any more. One that two threads freed in the same instant comes twice; the second
     * time it is here already, or its slab is gone.
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

    @Override
    public List<Keg> kegs() {
        return List.of(this);
    }

    @Override
    public boolean has(Keg keg) {
        return equals(keg);
    }

    /**
     * Makes empty slabs with room for that many items.
     *
     * @return false if the map is full
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

    /** Gives all empty slabs back to the map. */
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
     * Gives the memory of OS pages back to the OS that hold free items only, while their slab stays. Under the lock: no item
     * is taken meanwhile. Items that were prepared keep theirs.
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

    /** Gives all empty slabs back, and from now on each that becomes so. */
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

    /** Items in slabs. */
    long free() {
        lock.lock();
        try {
            return free;
        } finally {
            lock.unlock();
        }
    }

    /** Slabs, whatever is in them. */
    int slabCount() {
        lock.lock();
        try {
            return slabCount;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of the slabs. */
    long slabBytes() {
        return ((long) slabCount() * slabUnits) << KernelMap.UNIT_SHIFT;
    }

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

    private @Nullable Slab listed() {
        if (!part.isEmpty()) {
            return part.getFirst();
        }
        if (empty.isEmpty() && life == null) {
            // Under the lock, so that who comes meanwhile shares the slab and makes no other.
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

    /** A slab of prepared items that is in no list yet. */
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

    private void addEmpty(Slab slab) {
        empty.addFirst(slab);
        free += ipers;
        slabCount++;
    }

    /** Puts a slab that has just got an item back where it belongs now. */
    private void list(Slab slab) {
        if (slab.freeCount() == 1) {
            part.add(slab);
        }
        if (slab.freeCount() == slab.items()) {
            part.remove(slab);
            empty.add(slab);
        }
    }

    /** Takes the empty slabs that are too many off the list. */
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
