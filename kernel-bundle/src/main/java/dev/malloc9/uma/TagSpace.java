package dev.malloc9.uma;

import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.BitSet;

/**
 * The tag space: holds a tag, an {@code int}, for each item of the kernel map except page runs, in the shadow behind the map.
 *
 * <pre>
 *   map                     shadow
 *   | granules 0 to n - 1 | none | shift 8: n/256 tags | ... | shift 1: n/2 tags | shift 0: n tags |
 *                         0      n/256                       n/2                 n               2n
 * </pre>
 *
 * <p>The tag of granule g, in a slab of the given shift, has the number {@code (n + g) >>> shift}. The place of a tag is therefore known
 * without a table and without an allocation. Two slabs have no tag in common, and neither have two shifts. Slabs of the same shift that are
 * neighbours in the map share OS pages of tags, so the tags of large items need few pages.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as drawn; a tag has 4 bytes. The shift of a slab is the largest at which no two items of the slab have a tag in common, but
 *       at most {@link #MAX_SHIFT}. At that shift the tags of a unit fill one cache line, which holds no tag of another unit.
 *   <li>Concurrency: this class takes no lock. The thread that holds an item writes the item's tag. The caller prevents {@link #trim} and
 *       {@link #open} from running at the same time.
 *   <li>Invariants: a tag is 0 unless it belongs to an item of an existing slab; a free item may have the tag of trash. The first n/256
 *       numbers belong to no granule, so a write that runs over the end of the map does no harm there.
 *   <li>Cost: the tags are outside the Java heap, so that the fast path accesses a tag with a single load or store at a computed address. A
 *       table on the heap for each unit would touch two more lines of cold memory, for the reference and the length. One OS page of 4 KiB
 *       holds the tags of 16 KiB of the smallest items. It holds the tags of 4 MiB of items of 4 KiB or more. {@link #trim} returns the
 *       pages that no slab needs.
 *   <li>Differs from BSD: FreeBSD has no tags.
 * </ul>
 */
public final class TagSpace {

    /** The largest shift, at which the tags of a unit have 64 bytes. */
    static final int MAX_SHIFT = 8;

    /** The shift of a page run or hole, which has no tags. With this shift every granule has the number 0, which belongs to no item. */
    static final int NOWHERE = Long.SIZE - 1;

    /** The binary logarithm of the bytes of a tag. */
    private static final int TAG_SHIFT = 2;

    /**
     * The number of bits of a {@code long} that the number of a tag, of 33 bits, does not use. Shifting them out shows C2 that the address
     * lies within {@code EVERYTHING}, so that C2 drops the bounds check.
     */
    private static final int SPARE_BITS = Long.SIZE - Integer.SIZE - 1;

    /** The binary logarithm of the tags of an OS page. */
    private static final int PAGE_SHIFT = Integer.numberOfTrailingZeros(PageSource.PAGE) - TAG_SHIFT;

    /** The whole address space, for the fast paths. The segment is a constant, so that C2 drops the check that it is alive. */
    private static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** The layout of a tag for the fast paths. It is unaligned, so that the alignment is not checked. */
    private static final ValueLayout.OfInt TAG = ValueLayout.JAVA_INT_UNALIGNED;

    private static final VarHandle TAGS = ValueLayout.JAVA_INT.varHandle();

    private final KernelMap map;

    /** All tags. The segment ends with the map. */
    private final MemorySegment shadow;

    /** The OS pages to which tags may have been written. Guarded by the caller, as described for {@link #trim}. */
    private final BitSet touched = new BitSet();

    TagSpace(KernelMap map) {
        this.map = map;
        this.shadow = map.shadow();
    }

    /** Returns the shift for items of the given number of granules, which is at least 1. */
    static int shift(int itemGranules) {
        return Math.min(Integer.SIZE - 1 - Integer.numberOfLeadingZeros(itemGranules), MAX_SHIFT);
    }

    /** Returns the shift for items of the given size in bytes, which is at least one granule. */
    public static int shiftOf(long itemBytes) {
        return shift((int) (itemBytes >>> Slab.GRANULE_SHIFT));
    }

    /** Returns the address of the tags, for the fast paths. It is valid while the map exists. */
    public long base() {
        return shadow.address();
    }

    /**
     * Returns the address of a tag. It is computed without a check.
     *
     * @param base the address of the tags ({@link #base()})
     * @param granules the number of granules of the map
     * @param granule the granule, as an unsigned number
     * @param shift the shift of the slab; only the lowest six bits are used, so that the kind of a slab may be passed
     */
    public static long address(long base, long granules, int granule, int shift) {
        return base + ((number(granules, granule, shift) << SPARE_BITS) >>> (SPARE_BITS - TAG_SHIFT));
    }

    /** Returns the tag at an address. The address is not checked, and the map must exist. */
    public static int load(long address) {
        return EVERYTHING.get(TAG, address);
    }

    /** Sets the tag at an address. The address is not checked, and the map must exist. */
    public static void store(long address, int tag) {
        EVERYTHING.set(TAG, address, tag);
    }

    /** Returns a tag, or 0 if the map has ended. */
    int get(int granule, int shift) {
        try {
            return (int) TAGS.get(shadow, offset(granule, shift));
        } catch (IllegalStateException ended) {
            return 0;
        }
    }

    /** Sets a tag. Has no effect if the map has ended. */
    void set(int granule, int shift, int tag) {
        try {
            TAGS.set(shadow, offset(granule, shift), tag);
        } catch (IllegalStateException ended) {
            // No caller reads the tag any more.
            return;
        }
    }

    /** Replaces a tag if it has the expected value, and returns whether it did; false if the map has ended. The operation is atomic. */
    boolean replace(int granule, int shift, int expected, int tag) {
        try {
            return TAGS.compareAndSet(shadow, offset(granule, shift), expected, tag);
        } catch (IllegalStateException ended) {
            return false;
        }
    }

    /**
     * Registers the tags of a new slab, so that {@link #trim} knows the pages that may have been written to. The caller prevents a {@link
     * #trim} at the same time.
     *
     * @param base the first granule of the slab
     * @param granules the number of granules of the slab
     */
    void open(int base, int granules, int shift) {
        touched.set(page(base, shift), page(base + granules - 1, shift) + 1);
    }

    /**
     * Sets all tags of a slab to 0. Called before the slab is released. Has no effect if the map has ended.
     *
     * @param base the first granule of the slab
     * @param granules the number of granules of the slab
     */
    void clear(int base, int granules, int shift) {
        long from = offset(base, shift);
        long bytes = offset(base + granules - 1, shift) + Integer.BYTES - from;
        try {
            shadow.asSlice(from, bytes).fill((byte) 0);
        } catch (IllegalStateException ended) {
            // No caller reads the tags any more.
            return;
        }
    }

    /**
     * Returns to the OS the pages of tags that no slab needs. The caller prevents an {@link #open} at the same time.
     *
     * @param slabs all slabs that exist now
     */
    void trim(Iterable<Slab> slabs) {
        BitSet idle = (BitSet) touched.clone();
        for (Slab slab : slabs) {
            if (slab.hasTags()) {
                idle.clear(page(slab.base, slab.shift), page(slab.base + slab.granules() - 1, slab.shift) + 1);
            }
        }
        for (int page = idle.nextSetBit(0); page >= 0; ) {
            int end = idle.nextClearBit(page);
            map.discardShadow((long) page * PageSource.PAGE, (long) (end - page) * PageSource.PAGE);
            touched.clear(page, end);
            page = idle.nextSetBit(end);
        }
    }

    /** Returns the offset of a tag in the shadow, in bytes. */
    private long offset(int granule, int shift) {
        return number(map.size() >>> Slab.GRANULE_SHIFT, granule, shift) << TAG_SHIFT;
    }

    /** Returns the number of the OS page of the shadow that contains a tag. */
    private int page(int granule, int shift) {
        return (int) (offset(granule, shift) >>> TAG_SHIFT >>> PAGE_SHIFT);
    }

    private static long number(long granules, int granule, int shift) {
        return (granules + Integer.toUnsignedLong(granule)) >>> shift;
    }
}
