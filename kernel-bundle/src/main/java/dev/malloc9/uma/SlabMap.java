package dev.malloc9.uma;

import dev.malloc9.vm.ContigRange;
import dev.malloc9.vm.FailPoints;
import dev.malloc9.vm.KernelLock;
import dev.malloc9.vm.KernelMap;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The slab map: finds the slab that contains an address (FreeBSD's UMA_ZONE_VTOSLAB). It has one entry per 64 KiB of the kernel map.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: two flat arrays, one of slabs and one of slab kinds. Each unit of a slab refers to the slab, so that interior pointers are
 *       found. The fast paths read only the kinds; a hole and a page run have a kind that matches no tag. The length of that array is a
 *       power of two, so that C2 can drop the bounds check.
 *   <li>Concurrency: the thread that creates or releases a slab writes its entries; readers take no lock. A stale entry can be seen only by
 *       an invalid free, which then finds a tag of 0. A kind is written before the keg's lock is released and the item is handed out, so a
 *       valid free always finds it.
 *   <li>Invariants: a unit that has an entry is not in a hole of the kernel map. A unit without an entry is in a hole, or its slab is being
 *       created or released, or its release failed.
 *   <li>Cost: with compressed references, 8 to 12 bytes of Java heap per 64 KiB of the map.
 *   <li>Differs from BSD: every unit of a large block has an entry, not only the first page.
 * </ul>
 */
public final class SlabMap {

    /** The binary logarithm of the granules of a unit. */
    public static final int UNIT_GRANULE_SHIFT = KernelMap.UNIT_SHIFT - Slab.GRANULE_SHIFT;

    private final KernelMap map;
    /** The kind of every unit that is not in a slab of items: no tag matches it. */
    private static final int NO_KIND = Slab.kind(Slab.PAGE_RUN, TagSpace.NOWHERE);

    /** The slab of each unit of the map; null for a hole. */
    private final @Nullable Slab[] units;
    /** The kind of the slab of each unit, {@code NO_KIND} for holes and page runs. */
    private final int[] kinds;

    private final TagSpace tags;
    private final KernelLock lock = new KernelLock();

    /** The slabs and page runs that exist now, in the order of their creation. Guarded by {@code lock}. */
    private final Set<Slab> live = new LinkedHashSet<>();

    SlabMap(KernelMap map) {
        this.map = map;
        this.units = new Slab[map.units()];
        this.kinds = new int[Math.max(1, Integer.highestOneBit(map.units() - 1) << 1)];
        Arrays.fill(kinds, NO_KIND);
        this.tags = new TagSpace(map);
    }

    /**
     * Returns the slab that has the unit of a granule, or null if there is none, as in a hole. The granule may lie outside the items of the
     * slab: behind the last item, or before a page run of contigmalloc.
     *
     * @throws ArrayIndexOutOfBoundsException if the granule is not in the kernel map
     */
    public @Nullable Slab find(int granule) {
        return units[granule >>> UNIT_GRANULE_SHIFT];
    }

    /**
     * Returns the kinds of the slabs of items, by unit. The length is a power of two, and at least the number of units. The caller must not
     * write to the array.
     */
    public int[] kinds() {
        return kinds;
    }

    /** Returns the tag space, which holds the tags of all items except page runs. */
    public TagSpace tags() {
        return tags;
    }

    /** Returns the number of units of the kernel map. */
    public int units() {
        return units.length;
    }

    /** Returns the size of the kernel map in bytes. */
    long mapBytes() {
        return map.size();
    }

    /**
     * Allocates a slab of free items, or returns null if the map is full or the Java heap is exhausted. A slab of several items is aligned
     * to its length.
     */
    @Nullable
    Slab allocate(Keg keg) {
        int slabUnits = keg.slabUnits();
        int unit = map.allocate(slabUnits, keg.ipers() == 1 ? 1 : slabUnits);
        long bytes = (long) slabUnits << KernelMap.UNIT_SHIFT;
        return unit < 0 ? null : enter(unit, slabUnits, bytes, () -> Slab.of(tags, keg, unit << UNIT_GRANULE_SHIFT));
    }

    /**
     * Allocates a slab of the reserve, of one unit. Returns null if the reserve is used up, too, or if the Java heap is exhausted.
     *
     * @param sizeClass the size class under which the layer above accounts for the items
     * @param itemBytes the size of an item in bytes, a multiple of a granule up to {@link Uma#ITEM_MAX}
     */
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
     * Allocates a page run, or returns null if no hole of the map is large enough or the Java heap is exhausted.
     *
     * @param bytes the size in bytes, as it is accounted
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
     * Allocates a page run at a place that obeys constraints. The run may begin at any OS page of its first unit.
     *
     * @param bytes the size in bytes, a multiple of the OS page
     * @param where the constraints on the place
     * @param reserve whether the map's reserve may be used
     * @return the slab of the run, or null if no hole fits or the Java heap is exhausted
     */
    @Nullable
    Slab allocateContig(long bytes, ContigRange where, boolean reserve) {
        long start = map.allocateContig(bytes, where, reserve);
        if (start < 0) {
            return null;
        }
        int runUnits = KernelMap.unitsOf(start, bytes);
        int granule = Slab.granuleOf(start);
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

    /** Makes all items of a slab, or a page run, read as zero. Called before another thread can see the memory. */
    void zero(Slab slab) {
        map.zero(Slab.offsetOf(slab.base), accounted(slab));
    }

    /** Returns the idle OS pages of a slab to the OS. Called under the lock of the keg. */
    void trim(Slab slab) {
        long start = Slab.offsetOf(slab.base);
        slab.idlePages((offset, bytes) -> map.discard(start + offset, bytes));
    }

    /** Returns to the OS the OS pages that hold only the tags of released slabs. */
    void trimTags() {
        lock.lock();
        try {
            tags.trim(live);
        } finally {
            lock.unlock();
        }
    }

    /** Releases a slab or page run, and returns its memory to the OS. All items of the slab are free. */
    void release(Slab slab) {
        if (slab.hasTags()) {
            // Cleared while the slab is still in the set of live slabs, so that the OS pages of its tags are not
            // discarded before. Free items that are filled with trash have tags, too.
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

    /** Returns the bytes for which a slab is accounted: all of its units, but for a page run only the bytes of the run. */
    private static long accounted(Slab slab) {
        return slab.zone == Slab.PAGE_RUN ? slab.itemBytes : (long) slab.units << KernelMap.UNIT_SHIFT;
    }

    /**
     * Creates the slab of a newly allocated run and enters it. If the Java heap is exhausted, releases the run.
     *
     * @param unit the first unit of the run
     * @param slabUnits the length of the run in units
     * @param bytes the size of the run in bytes, as it is accounted
     * @param description creates the slab
     * @return the slab, or null if the Java heap is exhausted
     */
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
        // A thread that finds the slab without a lock must also see its fields.
        VarHandle.releaseFence();
        Arrays.fill(units, unit, unit + slabUnits, slab);
        if (slab.hasTags()) {
            Arrays.fill(kinds, unit, unit + slabUnits, slab.kind);
        }
        return slab;
    }

    /** Returns the slabs and page runs that exist now, the oldest first. */
    List<Slab> live() {
        lock.lock();
        try {
            return List.copyOf(live);
        } finally {
            lock.unlock();
        }
    }
}
