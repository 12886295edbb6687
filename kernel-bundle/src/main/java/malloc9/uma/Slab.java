package malloc9.uma;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import malloc9.vm.KernelMap;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * A slab is a naturally aligned run of the kernel map, cut into items of one size; or one large block (a page run).
 *
 * <pre>
 *   base                                                      base + units * 64 KiB
 *   | item 0 | item 1 | item 2 | ...            | item ipers-1 | tail |
 *     tag      tag      tag                       tag                   in the tag space
 * </pre>
 *
 * <p>A tag is 0 while the item is free (in the slab, a bucket or a cache); else it says which granule of the slab is the
 * item's first, and under which memory type it is handed out:
 *
 * <pre>
 *   31                    16 15                        0
 *   | granule, low 16 bits  | owner: the layer above knows |
 * </pre>
 *
 * <p>The slab's shift finds a tag in the {@link TagSpace}: no multiplication does, and one comparison tells a live item's start, of that owner,
 * from all else. What the fast paths want to know of a slab is its kind, a number ({@link SlabMap#kinds()}):
 *
 * <pre>
 *   31                        8 7          0
 *   | zone                      | shift      |
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as drawn; a page run has one tag, of its own, since its granules are more than 16 bits tell. The free items of the slab
 *       layer are bits, by the item's number.
 *   <li>Concurrency: a tag is written by who holds the item; free bits are guarded by the keg's lock.
 *   <li>Invariants: an item's bit is set exactly while it is in neither a bucket, a cache nor somebody's hands.
 *   <li>Cost: an object of heap, and a bit an item; an item's number is a multiplication and a shift, off the hot path; the
 *       reciprocal is exact below 2^20 granules.
 *   <li>Differs from BSD: no header in the memory, 4096 items instead of 255.
 * </ul>
 */
public final class Slab {

    /** Log2 of the bytes of a granule. */
    public static final int GRANULE_SHIFT = 4;

    /** Takes two numbers. */
    @FunctionalInterface
    interface LongBiConsumer {
        void accept(long first, long second);
    }

    /** Bytes of a granule, the smallest item (UMA_SMALLEST_UNIT). */
    public static final int GRANULE = 1 << GRANULE_SHIFT;

    /** What {@link #zone} says of a page run. */
    public static final int PAGE_RUN = -1;

    /** What {@link #zone} says of a slab of the reserve, whose items go to no cache. */
    public static final int RESERVED = -2;

    private static final int ZONE_SHIFT = 8;

    private static final int RECIPROCAL_SHIFT = 40;
    private static final int OWNER_BITS = 16;

    /** Log2 of the OS pages of a unit. */
    private static final int PAGES_SHIFT = KernelMap.UNIT_SHIFT - Integer.numberOfTrailingZeros(PageSource.PAGE);

    private static final VarHandle RUN_TAG = handle("runTag", int.class);
    private static final VarHandle NOTES = handle("notes", AtomicReferenceArray.class);

    /** First granule. */
    public final int base;

    /** The number of the zone whose caches its items go to, {@link #PAGE_RUN} or {@link #RESERVED}. */
    public final int zone;

    /** What the zone's items are accounted as by the layer above ({@link Zone#sizeClass()}). */
    public final int sizeClass;

    /** Bytes of an item, as accounted. */
    public final long itemBytes;

    /** Finds its tags. */
    final int shift;

    /** What the fast paths know of it. */
    final int kind;

    /** Where they are. */
    private final TagSpace tags;

    /** Of a page run. */
    private int runTag;

    /** Reference counts by item, 0 at first; none unless the keg has them. Set once, before anybody sees the slab's items. */
    public int @Nullable [] counts;

    final @Nullable Keg keg;

    /** Whether a page run was allocated at a place that obeys constraints (contigmalloc). Written before the run is handed out. */
    public boolean contiguous;

    /** Of a page run: whether it is part of core dumps. Written before it is handed out. */
    boolean dumped = true;

    final int units;

    private final int items;
    private final int itemGranules;
    private final long reciprocal;

    /** Bit i: item i is in the slab. Guarded by the keg's lock. */
    private final long[] freeItems;

    /** OS pages whose memory was given back, and of which no item was taken since. Guarded by the keg's lock. */
    private final BitSet givenBack = new BitSet(0);

    /** Set bits of freeItems. Guarded by the keg's lock. */
    private int freeCount;

    /** What is kept of items by their number; none before the first. Set once. */
    private volatile @Nullable AtomicReferenceArray<@Nullable Object> notes;

    /**
     * The shape of a slab.
     *
     * @param zone the number of the items' zone, {@link #PAGE_RUN} or {@link #RESERVED}
     */
    private record Shape(int zone, int sizeClass, int units, long itemBytes, int items) {}

    private Slab(TagSpace tags, @Nullable Keg keg, int base, Shape shape) {
        this.tags = tags;
        this.keg = keg;
        this.zone = shape.zone;
        this.sizeClass = shape.sizeClass;
        this.base = base;
        this.units = shape.units;
        this.itemBytes = shape.itemBytes;
        this.items = shape.items;
        this.itemGranules = (int) (itemBytes >>> GRANULE_SHIFT);
        this.reciprocal = (1L << RECIPROCAL_SHIFT) / itemGranules + 1;
        this.shift = zone == PAGE_RUN ? TagSpace.NOWHERE : TagSpace.shift(itemGranules);
        this.kind = kind(zone, shift);
        this.freeItems = new long[(items + 63) >>> 6];
        for (int item = 0; item < items; item++) {
            freeItems[item >>> 6] |= 1L << item;
        }
        this.freeCount = items;
    }

    /** A slab of a keg, at that granule. */
    static Slab of(TagSpace tags, Keg keg, int base) {
        return new Slab(
                tags, keg, base, new Shape(keg.zone(), keg.sizeClass(), keg.slabUnits(), keg.itemBytes(), keg.ipers()));
    }

    /** A page run of that many bytes, at that granule. */
    static Slab run(TagSpace tags, int base, int units, long bytes) {
        return new Slab(tags, null, base, new Shape(PAGE_RUN, PAGE_RUN, units, bytes, 1));
    }

    /** A slab of the reserve, of one unit, at that granule. */
    static Slab reserved(TagSpace tags, int base, int sizeClass, long itemBytes) {
        int items = (int) (KernelMap.UNIT / itemBytes);
        return new Slab(tags, null, base, new Shape(RESERVED, sizeClass, 1, itemBytes, items));
    }

    private static VarHandle handle(String field, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Slab.class, field, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What the tag of an item says that is handed out. */
    public static int tag(int granule, int owner) {
        return (granule << OWNER_BITS) | owner;
    }

    /** What a tag says of the owner; 0 of a free item. */
    public static int owner(int tag) {
        return tag & ((1 << OWNER_BITS) - 1);
    }

    /** The kind of slabs; what is none has one whose {@link #zone} no zone has. */
    static int kind(int zone, int shift) {
        return (zone << ZONE_SHIFT) | shift;
    }

    /** By its kind: the number of the zone whose caches a slab's items go to; one that no zone has, if to none. */
    public static int zone(int kind) {
        return kind >>> ZONE_SHIFT;
    }

    /** The tag of an item or page run. */
    public int tagOf(int granule) {
        return hasTags() ? tags.get(granule, shift) : runTag;
    }

    /** Sets the tag of an item or page run. */
    public void tagAs(int granule, int owner) {
        int tag = owner == 0 ? 0 : tag(granule, owner);
        if (hasTags()) {
            tags.set(granule, shift, tag);
        } else {
            runTag = tag;
        }
    }

    /** Replaces a tag if it is the expected one; for the paths that are slow anyway. */
    public boolean retag(int granule, int expected, int tag) {
        return hasTags() ? tags.replace(granule, shift, expected, tag) : RUN_TAG.compareAndSet(this, expected, tag);
    }

    /** Whether its items' tags are in the tag space. */
    boolean hasTags() {
        return zone != PAGE_RUN;
    }

    /** Its granules; below 2^31 of what has tags. */
    int granules() {
        return units << SlabMap.UNIT_GRANULE_SHIFT;
    }

    /** The number of the item that starts at exactly that granule, or -1 if none does. */
    public int indexOf(int granule) {
        int offset = granule - base;
        int index = (int) ((offset * reciprocal) >>> RECIPROCAL_SHIFT);
        return index * itemGranules == offset && index < items ? index : -1;
    }

    /** The number of an item of this slab. */
    public int indexOfItem(int granule) {
        return (int) (((granule - base) * reciprocal) >>> RECIPROCAL_SHIFT);
    }

    /** The first granule of an item. */
    public int granule(int index) {
        return base + index * itemGranules;
    }

    /** What is kept of the item around a granule, or null. */
    public @Nullable Object note(int granule) {
        AtomicReferenceArray<@Nullable Object> kept = notes;
        int index = noteIndex(granule);
        return kept == null || index >= kept.length() ? null : kept.get(index);
    }

    /** Keeps something of the item around a granule until it is replaced; the layer above knows what. */
    public void note(int granule, Object note) {
        AtomicReferenceArray<@Nullable Object> kept = notes;
        (kept == null ? addNotes() : kept).set(noteIndex(granule), note);
    }

    /** Whether anything was ever kept of an item. */
    public boolean hasNotes() {
        return notes != null;
    }

    private int noteIndex(int granule) {
        return zone == PAGE_RUN ? 0 : indexOfItem(granule);
    }

    private AtomicReferenceArray<@Nullable Object> addNotes() {
        AtomicReferenceArray<@Nullable Object> added = new AtomicReferenceArray<>(items);
        Object kept = NOTES.compareAndExchange(this, null, added);
        return kept == null ? added : Objects.requireNonNull(notes);
    }

    /** The first granule of the item around a granule; of a page run, its own. */
    public int firstGranule(int granule) {
        return zone == PAGE_RUN ? base : granule(indexOfItem(granule));
    }

    /** Its items, 1 of a page run. */
    public int items() {
        return items;
    }

    int freeCount() {
        return freeCount;
    }

    /**
     * Finds the OS pages that hold free items only and whose memory has not been given back since one of them was taken.
     *
     * @param giveBack takes runs of them, as offset from the slab's begin and length in bytes
     */
    void idlePages(LongBiConsumer giveBack) {
        BitSet idle = new BitSet();
        idle.set(0, units << PAGES_SHIFT);
        for (int index = 0; index < items; index++) {
            if ((freeItems[index >>> 6] & (1L << index)) == 0) {
                idle.clear(firstPage(index), lastPage(index) + 1);
            }
        }
        idle.andNot(givenBack);
        for (int index = 0; index < items && !idle.isEmpty(); index++) {
            int page = idle.nextSetBit(firstPage(index));
            if (page >= 0 && page <= lastPage(index)) {
                // Its content is gone, and whatever the tag said of that.
                tagAs(granule(index), 0);
            }
        }
        for (int page = idle.nextSetBit(0); page >= 0; ) {
            int end = idle.nextClearBit(page);
            giveBack.accept((long) page * PageSource.PAGE, (long) (end - page) * PageSource.PAGE);
            page = idle.nextSetBit(end);
        }
        givenBack.or(idle);
    }

    private int firstPage(int index) {
        return (int) (index * itemBytes / PageSource.PAGE);
    }

    private int lastPage(int index) {
        return (int) (((index + 1) * itemBytes - 1) / PageSource.PAGE);
    }

    /** Takes up to {@code room} items out, lowest first. */
    int take(int[] into, int from, int room) {
        int taken = takeFree(into, from, room);
        for (int i = 0; i < taken && !givenBack.isEmpty(); i++) {
            int index = indexOfItem(into[from + i]);
            givenBack.clear(firstPage(index), lastPage(index) + 1);
        }
        return taken;
    }

    private int takeFree(int[] into, int from, int room) {
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
