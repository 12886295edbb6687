package malloc9.malloc;

import malloc9.pcpu.Cpus;
import malloc9.pcpu.Pcpu;
import malloc9.pcpu.ThreadSlots;
import malloc9.uma.Slab;
import malloc9.uma.SlabMap;
import malloc9.uma.Uma;
import org.jspecify.annotations.Nullable;

/**
 * The ground is what the fast paths look things up in, and what of it never changes as long as the kernel lives: a record, so that C2 knows
 * addresses and lengths of the tables where it knows the kernel ({@link ProcessKernel}).
 *
 * @param cpus who asks where {@code threads} does not know
 * @param threads who am I
 * @param tables the slabs' ({@link SlabMap#tables()})
 * @param kinds theirs ({@link SlabMap#kinds()})
 * @param classOf {@link SizeClasses#table()}
 * @param sizes bytes by size class
 * @param base first address of the map
 * @param bytes of the map
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two grounds by what they hold
record Ground(
        Cpus cpus,
        ThreadSlots threads,
        int[] @Nullable [] tables,
        int[] kinds,
        byte[] classOf,
        long[] sizes,
        long base,
        long bytes) {

    /** The ground of a kernel. */
    static Ground of(Uma uma, SizeClasses classes) {
        return new Ground(
                uma.cpus(),
                uma.cpus().threads(),
                uma.slabs().tables(),
                uma.slabs().kinds(),
                classes.table(),
                classes.sizes(),
                uma.map().base(),
                uma.map().size());
    }

    /** The caller's slot, or null if there is none of his own. */
    @Nullable
    Pcpu current() {
        Thread thread = Thread.currentThread();
        Pcpu slot = threads.of(thread);
        return slot != null ? slot : cpus.current(thread);
    }

    /** The table of the unit around a granule; none around what stands below the first item of a cache. */
    int @Nullable [] table(int granule) {
        int unit = granule >>> SlabMap.UNIT_GRANULE_SHIFT;
        return Integer.compareUnsigned(unit, tables.length) < 0 ? tables[unit] : null;
    }

    /** The kind of the slab around a granule of the map. */
    int kind(int granule) {
        return kinds[granule >>> SlabMap.UNIT_GRANULE_SHIFT];
    }

    /** Whether a granule of the map begins at an address; {@link #granule} says which. */
    boolean has(long address) {
        long offset = address - base;
        return (offset & (Slab.GRANULE - 1)) == 0 && Long.compareUnsigned(offset, bytes) < 0;
    }

    /** The granule at an address that the map has. */
    int granule(long address) {
        return (int) ((address - base) >>> Slab.GRANULE_SHIFT);
    }

    /** The address of an item. */
    long address(int granule) {
        return base + (Integer.toUnsignedLong(granule) << Slab.GRANULE_SHIFT);
    }
}
