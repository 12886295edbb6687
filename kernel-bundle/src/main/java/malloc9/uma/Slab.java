package malloc9.uma;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A slab is a naturally aligned run of the kernel map, cut into items of one size; or one large block (a page run).
 *
 * <pre>
 *   base                                                      base + units * 64 KiB
 *   | item 0 | item 1 | item 2 | ...            | item ipers-1 | tail |
 *     tag 0    tag 1    tag 2                     tag ipers-1          on the Java heap
 * </pre>
 *
 * <p>A tag is 0 while the item is free (in the slab, a bucket or a cache), else says under which memory type it is handed
 * out; the layer above knows how.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as drawn; the free items of the slab layer are bits.
 *   <li>Concurrency: a tag is written by who holds the item; free bits are guarded by the keg's lock.
 *   <li>Invariants: an item's bit is set exactly while it is in neither a bucket, a cache nor somebody's hands.
 *   <li>Cost: an item's number is a multiplication and a shift; the reciprocal is exact below 2^20 granules.
 *   <li>Differs from BSD: no header in the memory, 4096 items instead of 255.
 * </ul>
 */
public final class Slab {

    /** Log2 of the bytes of a granule. */
    public static final int GRANULE_SHIFT = 4;

    /** Bytes of a granule, the smallest item (UMA_SMALLEST_UNIT). */
    public static final int GRANULE = 1 << GRANULE_SHIFT;

    /** What {@link #zone} says of a page run. */
    public static final int PAGE_RUN = -1;

    private static final int RECIPROCAL_SHIFT = 40;
    private static final VarHandle TAG = MethodHandles.arrayElementVarHandle(short[].class);

    /** First granule. */
    public final int base;

    /** The zone whose caches its items go to, or {@link #PAGE_RUN}. */
    public final int zone;

    /** Bytes of an item, as accounted. */
    public final long itemBytes;

    /** The tags. */
    public final short[] tags;

    final @Nullable Keg keg;

    /** Of a page run: whether it is part of core dumps. Written before it is handed out. */
    boolean dumped = true;

    final int units;

    private final int itemGranules;
    private final long reciprocal;

    /** Bit i: item i is in the slab. Guarded by the keg's lock. */
    private final long[] freeItems;

    /** Set bits of freeItems. Guarded by the keg's lock. */
    private int freeCount;

    Slab(@Nullable Keg keg, int zone, int base, int units, long itemBytes, int items) {
        this.keg = keg;
        this.zone = zone;
        this.base = base;
        this.units = units;
        this.itemBytes = itemBytes;
        this.itemGranules = (int) (itemBytes >>> GRANULE_SHIFT);
        this.reciprocal = (1L << RECIPROCAL_SHIFT) / itemGranules + 1;
        this.tags = new short[items];
        this.freeItems = new long[(items + 63) >>> 6];
        for (int item = 0; item < items; item++) {
            freeItems[item >>> 6] |= 1L << item;
        }
        this.freeCount = items;
    }

    /** The number of the item that starts at exactly that granule, or -1 if none does. */
    public int indexOf(int granule) {
        int offset = granule - base;
        int index = (int) ((offset * reciprocal) >>> RECIPROCAL_SHIFT);
        return index * itemGranules == offset && index < tags.length ? index : -1;
    }

    /** The number of an item of this slab. */
    public int indexOfItem(int granule) {
        return (int) (((granule - base) * reciprocal) >>> RECIPROCAL_SHIFT);
    }

    /** The first granule of an item. */
    public int granule(int index) {
        return base + index * itemGranules;
    }

    /** Replaces a tag if it is the expected one; for the paths that are slow anyway. */
    public boolean retag(int index, short expected, short tag) {
        return TAG.compareAndSet(tags, index, expected, tag);
    }

    int items() {
        return tags.length;
    }

    int freeCount() {
        return freeCount;
    }

    /** Takes up to {@code room} items out, lowest first. */
    int take(int[] into, int from, int room) {
        int taken = 0;
        for (int word = 0; word < freeItems.length && taken < room; word++) {
            long bits = freeItems[word];
            while (bits != 0 && taken < room) {
                into[from + taken++] = granule((word << 6) + Long.numberOfTrailingZeros(bits));
                bits &= bits - 1;
            }
            freeItems[word] = bits;
        }
        freeCount -= taken;
        return taken;
    }

    /** Takes an item back; false if it is here already, as after two threads freed it in the same instant. */
    boolean give(int granule) {
        int index = indexOfItem(granule);
        long bit = 1L << index;
        if ((freeItems[index >>> 6] & bit) != 0) {
            return false;
        }
        freeItems[index >>> 6] |= bit;
        freeCount++;
        return true;
    }
}
