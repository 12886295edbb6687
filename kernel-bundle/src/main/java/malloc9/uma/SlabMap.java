package malloc9.uma;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import malloc9.vm.ContigRange;
import malloc9.vm.FailPoints;
import malloc9.vm.KernelLock;
import malloc9.vm.KernelMap;
import org.jspecify.annotations.Nullable;

/**
 * The slab map finds the slab of an address (UMA_ZONE_VTOSLAB): one entry for each 64 KiB of the kernel map.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: three flat arrays, of slabs, of their tables and of their kinds; each unit of a slab points to it, so that an interior
 *       pointer finds it too. The fast paths look at tables and kinds only, which a page run has none of.
 *   <li>Concurrency: entries are written by who makes or ends the slab and read without a lock; a stale entry is seen
 *       only by a free that is wrong anyway, and meets tags of 0. Who has an item's address finds table and kind of one slab: both
 *       are written before the keg's lock is given back and the item handed out.
 *   <li>Invariants: an entry is null exactly where the kernel map has a hole.
 *   <li>Cost: 12 bytes of heap for each 64 KiB of the map.
 *   <li>Differs from BSD: the pages of a large block are all tagged, not the first only.
 * </ul>
 */
public final class SlabMap {

    /** Log2 of the granules of a unit. */
    public static final int UNIT_GRANULE_SHIFT = KernelMap.UNIT_SHIFT - Slab.GRANULE_SHIFT;

    private final KernelMap map;
    private final @Nullable Slab[] units;
    private final int[] @Nullable [] tables;
    private final int[] kinds;
    private final KernelLock lock = new KernelLock();

    /** Guarded by lock. */
    private final Set<Slab> live = new LinkedHashSet<>();

    SlabMap(KernelMap map) {
        this.map = map;
        this.units = new Slab[map.units()];
        this.tables = new int[map.units()][];
        this.kinds = new int[map.units()];
    }

    /** The slab around a granule of the map, or null where there is none. */
    public @Nullable Slab find(int granule) {
        return units[granule >>> UNIT_GRANULE_SHIFT];
    }

    /** The tables of slabs that have some, by unit; for readers. */
    public int[] @Nullable [] tables() {
        return tables;
    }

    /** The kinds of those slabs, by unit; for readers. */
    public int[] kinds() {
        return kinds;
    }

    /** Bytes of the map. */
    long mapBytes() {
        return map.size();
    }

    /** A new slab of free items, or null if the map is full. */
    @Nullable
    Slab allocate(Keg keg) {
        int slabUnits = keg.slabUnits();
        int unit = map.allocate(slabUnits, keg.ipers() == 1 ? 1 : slabUnits);
        long bytes = (long) slabUnits << KernelMap.UNIT_SHIFT;
        return unit < 0 ? null : enter(unit, slabUnits, bytes, () -> Slab.of(keg, unit << UNIT_GRANULE_SHIFT));
    }

    /** A new slab of the reserve, or null if that is used up, too. */
    @Nullable
    Slab allocateReserved(int sizeClass, long itemBytes) {
        int unit = map.allocate(1, 1, KernelMap.UNIT, true);
        return unit < 0
                ? null
                : enter(unit, 1, KernelMap.UNIT, () -> Slab.reserved(unit << UNIT_GRANULE_SHIFT, sizeClass, itemBytes));
    }

    /**
     * A new page run, or null if the map has no such hole.
     *
     * @param reserve whether the map's reserve may be used
     */
    @Nullable
    Slab allocateRun(long bytes, boolean reserve) {
        int runUnits = KernelMap.unitsOf(0, bytes);
        int unit = map.allocate(runUnits, 1, bytes, reserve);
        return unit < 0
                ? null
                : enter(unit, runUnits, bytes, () -> Slab.run(unit << UNIT_GRANULE_SHIFT, runUnits, bytes));
    }

    /**
     * A page run at a place that obeys constraints; it may begin at any OS page of its first unit.
     *
     * @param bytes whole OS pages
     * @return null if there is no memory
     */
    @Nullable
    Slab allocateContig(long bytes, ContigRange where, boolean reserve) {
        long start = map.allocateContig(bytes, where, reserve);
        if (start < 0) {
            return null;
        }
        int runUnits = KernelMap.unitsOf(start, bytes);
        int granule = (int) (start >>> Slab.GRANULE_SHIFT);
        return enter((int) (start >>> KernelMap.UNIT_SHIFT), runUnits, bytes, () -> Slab.run(granule, runUnits, bytes));
    }

    /** Gives back what a slab holds of idle OS pages. */
    void trim(Slab slab) {
        long start = Integer.toUnsignedLong(slab.base) << Slab.GRANULE_SHIFT;
        slab.idlePages((offset, bytes) -> map.discard(start + offset, bytes));
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
        Arrays.fill(tables, unit, unit + slab.units, null);
        Arrays.fill(units, unit, unit + slab.units, null);
        map.release(unit, slab.units, accounted(slab));
    }

    private static long accounted(Slab slab) {
        return slab.zone == Slab.PAGE_RUN ? slab.itemBytes : (long) slab.units << KernelMap.UNIT_SHIFT;
    }

    /** Describes a run of the map; where there is no Java heap for that, there is no memory, and the run goes back. */
    @Nullable
    Slab enter(int unit, int slabUnits, long bytes, Supplier<Slab> description) {
        Slab slab;
        try {
            if (map.failPoints().fails(FailPoints.Step.SLAB)) {
                throw new OutOfMemoryError("debug.fail");
            }
            slab = description.get();
            lock.lock();
            try {
                live.add(slab);
            } finally {
                lock.unlock();
            }
        } catch (OutOfMemoryError noHeap) {
            map.release(unit, slabUnits, bytes);
            return null;
        }
        // Who finds a table finds what is in it.
        VarHandle.releaseFence();
        Arrays.fill(units, unit, unit + slabUnits, slab);
        if (slab.zone != Slab.PAGE_RUN) {
            Arrays.fill(kinds, unit, unit + slabUnits, slab.kind);
            System.arraycopy(slab.tables, 0, tables, unit, slabUnits);
        }
        return slab;
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
