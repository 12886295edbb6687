package malloc9.malloc.alloc;

import malloc9.malloc.account.SizeClasses;
import malloc9.pcpu.Cpus;
import malloc9.pcpu.Pcpu;
import malloc9.pcpu.ThreadSlots;
import malloc9.uma.Slab;
import malloc9.uma.SlabMap;
import malloc9.uma.TagSpace;
import malloc9.uma.Uma;
import malloc9.vm.KernelMap;
import malloc9.vm.Libc;
import org.jspecify.annotations.Nullable;

/**
 * The ground is what the fast paths look things up in, and what of it never changes as long as the kernel lives: a record, so that C2 knows
 * addresses and lengths of the tables where it knows the kernel ({@link ConstantKernel}).
 *
 * @param cpus who asks where {@code threads} does not know
 * @param threads who am I
 * @param kinds of slabs ({@link SlabMap#kinds()})
 * @param classOf {@link SizeClasses#table()}
 * @param sizes bytes by size class
 * @param shifts that find their tags, by size class, too
 * @param base first address of the map
 * @param granules of the map
 * @param tags {@link TagSpace#base()}
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two grounds by what they hold
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

    /** The ground of a kernel. */
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

    /** As many as a class may have numbers, so that C2 knows that they are enough. */
    private static byte[] shifts(SizeClasses classes) {
        byte[] shifts = new byte[Byte.MAX_VALUE + 1];
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            shifts[sizeClass] = (byte) TagSpace.shiftOf(classes.bytes(sizeClass));
        }
        return shifts;
    }

    /** The caller's slot, or null if there is none of his own. */
    @Nullable
    public Pcpu current() {
        Thread thread = Thread.currentThread();
        Pcpu slot = threads.of(thread);
        return slot != null ? slot : otherwise(thread);
    }

    private @Nullable Pcpu otherwise(Thread thread) {
        Pcpu slot = thread.isVirtual() && Libc.hasThreadSelf() ? threads.ofCarrier(Libc.threadSelf()) : null;
        return slot != null ? slot : cpus.current(thread);
    }

    /** The shift of a class's slabs; of what is no class, any. */
    int shift(int sizeClass) {
        return shifts[sizeClass & Byte.MAX_VALUE];
    }

    /** The kind of the slab around a granule. */
    public int kind(int granule) {
        return kinds[(granule >>> SlabMap.UNIT_GRANULE_SHIFT) & (kinds.length - 1)];
    }

    /** Where the tag of an item is, by its slab's kind, or by the shift alone. */
    public long tag(int granule, int kind) {
        return TagSpace.address(tags, granules, granule, kind);
    }

    /**
     * Whether a granule begins at an address, of the map or a little behind it: {@link #granule} says which, and {@link #kind} tells
     * those behind from items.
     */
    public boolean has(long address) {
        long within = ((long) kinds.length << KernelMap.UNIT_SHIFT) - Slab.GRANULE;
        return ((address - base) & ~within) == 0;
    }

    /** The granule at an address. */
    public int granule(long address) {
        return (int) ((address - base) >>> Slab.GRANULE_SHIFT);
    }

    /** The address of an item. */
    public long address(int granule) {
        return base + (Integer.toUnsignedLong(granule) << Slab.GRANULE_SHIFT);
    }
}
