package malloc9.uma;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import malloc9.vm.KernelMap;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * The slab map finds the slab of an address (UMA_ZONE_VTOSLAB): one entry for each 64 KiB of the kernel map.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a flat array; each unit of a slab points to it, so that an interior pointer finds it too.
 *   <li>Concurrency: entries are written by who makes or ends the slab and read without a lock; a stale entry is seen
 *       only by a free that is wrong anyway, and meets tags of 0.
 *   <li>Invariants: an entry is null exactly where the kernel map has a hole.
 *   <li>Cost: 4 bytes of heap for each 64 KiB of the map.
 *   <li>Differs from BSD: the pages of a large block are all tagged, not the first only.
 * </ul>
 */
public final class SlabMap {

    /** Log2 of the granules of a unit. */
    public static final int UNIT_GRANULE_SHIFT = KernelMap.UNIT_SHIFT - Slab.GRANULE_SHIFT;

    private final KernelMap map;
    private final @Nullable Slab[] units;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by lock. */
    private final Set<Slab> live = new LinkedHashSet<>();

    SlabMap(KernelMap map) {
        this.map = map;
        this.units = new Slab[map.units()];
    }

    /** The slab around a granule of the map, or null where there is none. */
    public @Nullable Slab find(int granule) {
        return units[granule >>> UNIT_GRANULE_SHIFT];
    }

    /** The table itself, by unit; for readers. */
    public @Nullable Slab[] units() {
        return units;
    }

    /** A new slab of free items, or null if the map is full. */
    @Nullable
    Slab allocate(Keg keg) {
        int unit = map.allocate(keg.slabUnits(), keg.ipers() == 1 ? 1 : keg.slabUnits());
        return unit < 0 ? null : enter(Slab.of(keg, unit << UNIT_GRANULE_SHIFT));
    }

    /** A new page run, or null if the map has no such hole. */
    @Nullable
    Slab allocateRun(long bytes) {
        int runUnits = (int) (PageSource.roundUp(bytes, KernelMap.UNIT) >>> KernelMap.UNIT_SHIFT);
        int unit = map.allocate(runUnits, 1);
        return unit < 0 ? null : enter(Slab.run(unit << UNIT_GRANULE_SHIFT, runUnits, bytes));
    }

    private Slab enter(Slab slab) {
        int unit = slab.base >>> UNIT_GRANULE_SHIFT;
        Arrays.fill(units, unit, unit + slab.units, slab);
        lock.lock();
        try {
            live.add(slab);
        } finally {
            lock.unlock();
        }
        return slab;
    }

    /** Ends a slab; its memory goes back to the OS. */
    void release(Slab slab) {
        lock.lock();
        try {
            live.remove(slab);
        } finally {
            lock.unlock();
        }
        int unit = slab.base >>> UNIT_GRANULE_SHIFT;
        Arrays.fill(units, unit, unit + slab.units, null);
        map.release(unit, slab.units);
    }

    /** The slabs there are, oldest first. */
    List<Slab> live() {
        lock.lock();
        try {
            return List.copyOf(live);
        } finally {
            lock.unlock();
        }
    }
}
