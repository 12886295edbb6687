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
 *   <li>Layout: two flat arrays, of slabs and of their kinds; each unit of a slab points to it, so that an interior
 *       pointer finds it too. The fast paths look at kinds only, which holes and page runs have none of; there are as many as
 *       the next power of two, so that C2 knows that they are enough.
 *   <li>Concurrency: entries are written by who makes or ends the slab and read without a lock; a stale entry is seen
 *       only by a free that is wrong anyway, and meets tags of 0. Who has an item's address finds its slab's kind, which
 *       is written before the keg's lock is given back and the item handed out.
 *   <li>Invariants: an entry is null exactly where the kernel map has a hole.
 *   <li>Cost: 8 to 12 bytes of heap for each 64 KiB of the map.
 *   <li>Differs from BSD: the pages of a large block are all tagged, not the first only.
 * </ul>
 */
public final class SlabMap {

    /** Log2 of the granules of a unit. */
    public static final int UNIT_GRANULE_SHIFT = KernelMap.UNIT_SHIFT - Slab.GRANULE_SHIFT;

    private final KernelMap map;
    /** What is no slab of items: its tag is nobody's. */
    private static final int NO_KIND = Slab.kind(Slab.PAGE_RUN, TagSpace.NOWHERE);

    private final @Nullable Slab[] units;
    private final int[] kinds;
    private final TagSpace tags;
    private final KernelLock lock = new KernelLock();

    /** Guarded by lock. */
    private final Set<Slab> live = new LinkedHashSet<>();

    SlabMap(KernelMap map) {
        this.map = map;
        this.units = new Slab[map.units()];
        this.kinds = new int[Math.max(1, Integer.highestOneBit(map.units() - 1) << 1)];
        Arrays.fill(kinds, NO_KIND);
        this.tags = new TagSpace(map);
    }

    /** The slab around a granule of the map, or null where there is none. */
    public @Nullable Slab find(int granule) {
        return units[granule >>> UNIT_GRANULE_SHIFT];
    }

    /** The kinds of slabs of items, by unit; a power of two of them; for readers. */
    public int[] kinds() {
        return kinds;
    }

    /** The tags of all items. */
    public TagSpace tags() {
        return tags;
    }

    /** Units of the map. */
    public int units() {
        return units.length;
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
        return unit < 0 ? null : enter(unit, slabUnits, bytes, () -> Slab.of(tags, keg, unit << UNIT_GRANULE_SHIFT));
    }

    /** A new slab of the reserve, or null if that is used up, too. */
    @Nullable
    Slab allocateReserved(int sizeClass, long itemBytes) {
        int unit = map.allocate(1, 1, KernelMap.UNIT, true);
        return unit < 0
                ? null
                : enter(
                        unit,
                        1,
                        KernelMap.UNIT,
                        () -> Slab.reserved(tags, unit << UNIT_GRANULE_SHIFT, sizeClass, itemBytes));
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
                : enter(unit, runUnits, bytes, () -> Slab.run(tags, unit << UNIT_GRANULE_SHIFT, runUnits, bytes));
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
        Slab run = enter(
                (int) (start >>> KernelMap.UNIT_SHIFT),
                runUnits,
                bytes,
                () -> Slab.run(tags, granule, runUnits, bytes));
        if (run != null) {
            run.contiguous = true;
        }
        return run;
    }

    /** Makes all items of a slab, or a page run, read as zero; before anybody sees them. */
    void zero(Slab slab) {
        map.zero(Integer.toUnsignedLong(slab.base) << Slab.GRANULE_SHIFT, accounted(slab));
    }

    /** Gives back what a slab holds of idle OS pages. */
    void trim(Slab slab) {
        long start = Integer.toUnsignedLong(slab.base) << Slab.GRANULE_SHIFT;
        slab.idlePages((offset, bytes) -> map.discard(start + offset, bytes));
    }

    /** Gives back what the tags of slabs that are gone have of OS pages. */
    void trimTags() {
        lock.lock();
        try {
            tags.trim(live);
        } finally {
            lock.unlock();
        }
    }

    /** Ends a slab; its memory goes back to the OS. */
    void release(Slab slab) {
        if (slab.hasTags()) {
            // While it is alive still, so that its tags' pages are not given back before. What was filled with trash
            // has a tag, too.
            tags.clear(slab.base, slab.granules(), slab.shift);
        }
        lock.lock();
        try {
            live.remove(slab);
        } finally {
            lock.unlock();
        }
        int unit = slab.base >>> UNIT_GRANULE_SHIFT;
        Arrays.fill(kinds, unit, unit + slab.units, NO_KIND);
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
                if (slab.hasTags()) {
                    tags.open(slab.base, slab.granules(), slab.shift);
                }
                live.add(slab);
            } finally {
                lock.unlock();
            }
        } catch (OutOfMemoryError noHeap) {
            map.release(unit, slabUnits, bytes);
            return null;
        }
        // Who finds a slab finds what is in it.
        VarHandle.releaseFence();
        Arrays.fill(units, unit, unit + slabUnits, slab);
        if (slab.hasTags()) {
            Arrays.fill(kinds, unit, unit + slabUnits, slab.kind);
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
