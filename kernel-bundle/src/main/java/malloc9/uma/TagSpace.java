package malloc9.uma;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import malloc9.vm.KernelMap;
import malloc9.vm.PageSource;

/**
 * The tag space holds a number for each item of the kernel map, in the shadow behind it.
 *
 * <pre>
 *   map                     shadow
 *   | granules 0 to n - 1 | none | shift 8: n/256 tags | ... | shift 1: n/2 tags | shift 0: n tags |
 *                         0      n/256                       n/2                 n               2n
 * </pre>
 *
 * <p>The tag of granule g, in a slab of that shift, is the one of number {@code (n + g) >>> shift}: neither a table nor an allocation says
 * where it stands, two slabs have no tag in common, and neither have two shifts. Slabs of one shift share their tags' pages with
 * their neighbours in the map, so few pages hold those of large items.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as drawn; 4 bytes a tag. The shift is the largest with which no two items of the slab have a tag in common, and
 *       {@link #MAX_SHIFT} at most, with which the tags of a unit fill a line of the processor's cache that no other unit's are in.
 *   <li>Concurrency: none of its own; a tag is written by who holds the item, {@link #trim} and slabs that come are kept apart by
 *       the caller.
 *   <li>Invariants: a tag is 0 unless it is of an item of a slab that there is. The first n/256 numbers are nobody's: a write that
 *       runs over the map's end harms nothing there.
 *   <li>Cost: off the heap, since there it is one load or store by an address that is known without a load; a table on the heap for each
 *       unit was two lines of cold memory more, of its reference and its length. A page of the OS for 16 KiB of the smallest
 *       items up to 4 MiB of those from 4 KiB on; {@link #trim} gives back those that no slab needs.
 *   <li>Differs from BSD: which has no tags.
 * </ul>
 */
public final class TagSpace {

    /** The shift at which a unit's tags are 64 bytes. */
    static final int MAX_SHIFT = 8;

    /** The shift of what has no tags: with it, every granule's number is 0, which is nobody's. */
    static final int NOWHERE = Long.SIZE - 1;

    private static final int TAG_SHIFT = 2;

    /** What a number, of 33 bits, leaves of a long; without them C2 sees that no tag lies outside of everything, and does not look. */
    private static final int SPARE_BITS = Long.SIZE - Integer.SIZE - 1;

    private static final int PAGE_SHIFT = Integer.numberOfTrailingZeros(PageSource.PAGE) - TAG_SHIFT;

    /** For the fast paths: a constant, so that C2 leaves out the look whether it is still there. */
    private static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /** Unaligned, so that nobody looks whether it is aligned. */
    private static final ValueLayout.OfInt TAG = ValueLayout.JAVA_INT_UNALIGNED;

    private static final VarHandle TAGS = ValueLayout.JAVA_INT.varHandle();

    private final KernelMap map;

    /** All tags; ends with the map. */
    private final MemorySegment shadow;

    /** Pages that tags may have been written to. Guarded by the caller, as below. */
    private final BitSet touched = new BitSet();

    TagSpace(KernelMap map) {
        this.map = map;
        this.shadow = map.shadow();
    }

    /** The shift for items of that many granules. */
    static int shift(int itemGranules) {
        return Math.min(Integer.SIZE - 1 - Integer.numberOfLeadingZeros(itemGranules), MAX_SHIFT);
    }

    /** The shift for items of that many bytes. */
    public static int shiftOf(long itemBytes) {
        return shift((int) (itemBytes >>> Slab.GRANULE_SHIFT));
    }

    /** Where the tags are; for the fast paths, which know the map to be there. */
    public long base() {
        return shadow.address();
    }

    /**
     * Where a tag is.
     *
     * @param base of the tags
     * @param granules of the map
     * @param shift of the slab; more than its lowest six bits does no harm
     */
    public static long address(long base, long granules, int granule, int shift) {
        return base + ((number(granules, granule, shift) << SPARE_BITS) >>> (SPARE_BITS - TAG_SHIFT));
    }

    /** The tag at an address. */
    public static int load(long address) {
        return EVERYTHING.get(TAG, address);
    }

    /** Sets the tag at an address. */
    public static void store(long address, int tag) {
        EVERYTHING.set(TAG, address, tag);
    }

    /** A tag; 0 once the map has ended. */
    int get(int granule, int shift) {
        try {
            return (int) TAGS.get(shadow, offset(granule, shift));
        } catch (IllegalStateException ended) {
            return 0;
        }
    }

    /** Sets a tag; nothing once the map has ended. */
    void set(int granule, int shift, int tag) {
        try {
            TAGS.set(shadow, offset(granule, shift), tag);
        } catch (IllegalStateException ended) {
            // Nobody asks for it any more.
            return;
        }
    }

    /** Replaces a tag if it is the expected one; false once the map has ended. */
    boolean replace(int granule, int shift, int expected, int tag) {
        try {
            return TAGS.compareAndSet(shadow, offset(granule, shift), expected, tag);
        } catch (IllegalStateException ended) {
            return false;
        }
    }

    /** A slab comes: its tags are kept from now on. */
    void open(int base, int granules, int shift) {
        touched.set(page(base, shift), page(base + granules - 1, shift) + 1);
    }

    /** A slab goes: all its tags are 0. */
    void clear(int base, int granules, int shift) {
        long from = offset(base, shift);
        long bytes = offset(base + granules - 1, shift) + Integer.BYTES - from;
        try {
            shadow.asSlice(from, bytes).fill((byte) 0);
        } catch (IllegalStateException ended) {
            // Nobody asks for them any more.
            return;
        }
    }

    /** Gives back to the OS what no slab needs. */
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

    private long offset(int granule, int shift) {
        return number(map.size() >>> Slab.GRANULE_SHIFT, granule, shift) << TAG_SHIFT;
    }

    private int page(int granule, int shift) {
        return (int) (offset(granule, shift) >>> TAG_SHIFT >>> PAGE_SHIFT);
    }

    private static long number(long granules, int granule, int shift) {
        return (granules + Integer.toUnsignedLong(granule)) >>> shift;
    }
}
