package dev.malloc9.malloc.alloc;

import dev.malloc9.malloc.account.SizeClasses;
import dev.malloc9.pcpu.Cpus;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.pcpu.ThreadSlots;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.SlabMap;
import dev.malloc9.uma.TagSpace;
import dev.malloc9.uma.Uma;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.Libc;
import org.jspecify.annotations.Nullable;

/**
 * The lookup tables of the fast paths. No component is replaced while the kernel lives. The class is a record, so that for the
 * {@link ConstantKernel} C2 treats the addresses and lengths of the tables as constants.
 *
 * @param cpus the slots of all CPUs, asked if {@code threads} does not have the thread
 * @param threads the slots of the threads, by thread and by carrier
 * @param kinds the kinds of the slabs, by unit of the map ({@link SlabMap#kinds()})
 * @param classOf the size class of a request, by the granule of its last byte ({@link SizeClasses#table()})
 * @param sizes the item sizes in bytes, by size class
 * @param shifts the shifts that find the items' tags, by size class; 128 entries
 * @param base the first address of the kernel map
 * @param granules the number of granules of the kernel map
 * @param tags the address of the tag space ({@link TagSpace#base()})
 */
@SuppressWarnings("ArrayRecordComponent") // the record's equals is not used
public record FastPathTables(
        Cpus cpus,
        ThreadSlots threads,
        int[] kinds,
        byte[] classOf,
        long[] sizes,
        byte[] shifts,
        long base,
        long granules,
        long tags) {

    /** Returns the lookup tables of the kernel with this UMA and these size classes. */
    public static FastPathTables of(Uma uma, SizeClasses classes) {
        return new FastPathTables(
                uma.cpus(),
                uma.cpus().threads(),
                uma.slabs().kinds(),
                classes.table(),
                classes.sizes(),
                shifts(classes),
                uma.map().base(),
                uma.map().size() >>> Slab.GRANULE_SHIFT,
                uma.slabs().tags().base());
    }

    /** Returns the shifts by size class. The array has 128 entries, so that an index that is masked with 127 needs no bounds check. */
    private static byte[] shifts(SizeClasses classes) {
        byte[] shifts = new byte[Byte.MAX_VALUE + 1];
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            shifts[sizeClass] = (byte) TagSpace.shiftOf(classes.bytes(sizeClass));
        }
        return shifts;
    }

    /**
     * Returns the slot of the calling thread or of its carrier, or null if the thread must use the shared slot and thus the slow path. If a
     * thread or carrier has no slot, gives it one.
     */
    @Nullable
    public Pcpu current() {
        Thread thread = Thread.currentThread();
        Pcpu slot = threads.of(thread);
        return slot != null ? slot : otherwise(thread);
    }

    /**
     * Returns the slot of a thread that is not in the table of threads: by its carrier if the thread is virtual and the table of carriers
     * has it, else from {@code cpus}.
     */
    private @Nullable Pcpu otherwise(Thread thread) {
        Pcpu slot = thread.isVirtual() && Libc.hasThreadSelf() ? threads.ofCarrier(Libc.threadSelf()) : null;
        return slot != null ? slot : cpus.current(thread);
    }

    /** Returns the shift of the slabs of a size class; an arbitrary shift if the index is not that of a size class. */
    int shift(int sizeClass) {
        return shifts[sizeClass & Byte.MAX_VALUE];
    }

    /**
     * Returns the kind of the slab that contains a granule; the kind of no slab for a hole, a page run, and behind the map. For a granule
     * that {@code kinds} does not cover, the kind of another granule.
     */
    public int kind(int granule) {
        return kinds[(granule >>> SlabMap.UNIT_GRANULE_SHIFT) & (kinds.length - 1)];
    }

    /**
     * Returns the address of an item's tag.
     *
     * @param kind the kind of the item's slab, or its shift alone: only the lowest six bits are used
     */
    public long tag(int granule, int kind) {
        return TagSpace.address(tags, granules, granule, kind);
    }

    /**
     * Returns whether an address is the first byte of a granule that {@code kinds} covers.
     *
     * <p>{@code kinds} covers the map and the units behind it up to the next power of two. {@link #granule} returns the granule, and for a
     * granule behind the map {@link #kind} returns the kind of no slab.
     */
    public boolean has(long address) {
        long within = ((long) kinds.length << KernelMap.UNIT_SHIFT) - Slab.GRANULE;
        return ((address - base) & ~within) == 0;
    }

    /** Returns the granule that contains an address for which {@link #has} is true. */
    public int granule(long address) {
        return (int) ((address - base) >>> Slab.GRANULE_SHIFT);
    }

    /** Returns the address of a granule; the granule is an unsigned number. */
    public long address(int granule) {
        return base + (Integer.toUnsignedLong(granule) << Slab.GRANULE_SHIFT);
    }
}
