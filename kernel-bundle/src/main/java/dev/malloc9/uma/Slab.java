package dev.malloc9.uma;

import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A slab: a run of the kernel map that is cut into items of one size. If the slab has several items, the run is aligned to its length. A
 * single large block (a page run) is also described by a slab, with one item; its first and last unit may be used in part.
 *
 * <pre>
 *   base                                                      base + units * 64 KiB
 *   | item 0 | item 1 | item 2 | ...            | item ipers-1 | tail |
 *     tag      tag      tag                       tag                   in the tag space
 * </pre>
 *
 * <p>The tag of an item that is handed out contains the low 16 bits of the item's first granule. It also contains the owner: the number of
 * the memory type or zone to which the item belongs. A free item (in the slab, a bucket or a cache) has tag 0. A free item that is filled
 * with trash may instead have a tag that the layer above defines:
 *
 * <pre>
 *   31                    16 15                        0
 *   | granule, low 16 bits  | owner, set by layer above  |
 * </pre>
 *
 * <p>The slab's shift locates a tag in the {@link TagSpace} without a multiplication. One comparison of the tag accepts only the start of a
 * live item of the given owner. The fast paths do not read the slab itself, but its kind, an {@code int} ({@link SlabMap#kinds()}):
 *
 * <pre>
 *   31                        8 7          0
 *   | zone                      | shift      |
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as drawn. The tag of a page run is a field of this object, since a page run may have more granules than 16 bits can
 *       distinguish. The free items of the slab are a bit set, indexed by item number.
 *   <li>Concurrency: the thread that holds an item writes the item's tag. {@link #idlePages} sets tags of free items to 0 under the lock of
 *       the keg. The bits of the free items are guarded by the lock of the keg, or of the {@link Reserve}.
 *   <li>Invariants: the bit of an item is set exactly while the item is in no bucket and no cache and is not handed out.
 *   <li>Cost: one object of Java heap, and one bit for each item. The number of an item is found by a multiplication and a shift, outside
 *       the fast paths. The reciprocal is exact below 2^20 granules.
 *   <li>Differs from BSD: the memory of a slab has no header. A slab has up to 4,096 items per 64 KiB, where BSD has at most 255 in a slab.
 * </ul>
 */
public final class Slab {

    /** The binary logarithm of the bytes of a granule. */
    public static final int GRANULE_SHIFT = 4;

    /** An operation on two {@code long} values. */
    @FunctionalInterface
    interface LongBiConsumer {
        void accept(long first, long second);
    }

    /** The bytes of a granule, the smallest item (UMA_SMALLEST_UNIT). */
    public static final int GRANULE = 1 << GRANULE_SHIFT;

    /** The value of {@link #zone} for a page run. */
    public static final int PAGE_RUN = -1;

    /** The value of {@link #zone} for a slab of the reserve. Its items never enter a cache. */
    public static final int RESERVED = -2;

    private static final int ZONE_SHIFT = 8;

    private static final int RECIPROCAL_SHIFT = 40;
    private static final int OWNER_BITS = 16;

    /** The binary logarithm of the OS pages of a unit. */
    private static final int PAGES_SHIFT = KernelMap.UNIT_SHIFT - Integer.numberOfTrailingZeros(PageSource.PAGE);

    private static final VarHandle RUN_TAG = handle("runTag", int.class);
    private static final VarHandle NOTES = handle("notes", AtomicReferenceArray.class);

    /** The first granule of the slab, as an unsigned number. */
    public final int base;

    /** The number of the zone whose caches hold the items, {@link #PAGE_RUN} or {@link #RESERVED}. */
    public final int zone;

    /** The size class under which the layer above accounts for the items ({@link UmaZone#sizeClass()}). For a page run, {@link #PAGE_RUN}. */
    public final int sizeClass;

    /** The bytes of an item, as accounted; for a page run, the bytes of the run. */
    public final long itemBytes;

    /** The shift that locates the tags in the {@link TagSpace}; {@link TagSpace#NOWHERE} for a page run. */
    final int shift;

    /** The zone and the shift, packed for the fast paths ({@link #kind(int, int)}). */
    final int kind;

    /** The tag space that holds the tags of all slabs except page runs. */
    private final TagSpace tags;

    /** The tag of a page run; 0 and unused for other slabs. */
    private int runTag;

    /**
     * The reference counts by item number, initially 0; null unless the keg has UMA_ZONE_REFCNT. Set once, before another thread can see
     * the items.
     */
    public int @Nullable [] counts;

    final @Nullable Keg keg;

    /** True for a page run that contigmalloc allocated under constraints. Written before the run is handed out. */
    public boolean contiguous;

    /** False for a page run that is excluded from core dumps. Written before the run is handed out. */
    boolean dumped = true;

    final int units;

    private final int items;
    private final int itemGranules;
    private final long reciprocal;

    /** The items that are in the slab: bit i is set for item i. Guarded by the lock of the keg or of the {@link Reserve}. */
    private final long[] freeItems;

    /** The OS pages whose memory was returned to the OS and of which no item has been taken since. Guarded by the lock of the keg. */
    private final BitSet givenBack = new BitSet(0);

    /** The number of set bits of {@code freeItems}. Guarded by the lock of the keg or of the {@link Reserve}. */
    private int freeCount;

    /** The notes of the items by item number; null until the first note is made. Set once. */
    private volatile @Nullable AtomicReferenceArray<@Nullable Object> notes;

    /**
     * The shape of a slab.
     *
     * @param zone the number of the zone of the items, {@link #PAGE_RUN} or {@link #RESERVED}
     * @param sizeClass the size class under which the layer above accounts for the items
     * @param units the length of the slab in units
     * @param itemBytes the size of an item in bytes
     * @param items the number of items
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

    /** Returns the offset in the kernel map, in bytes, at which a granule starts. The granule is an unsigned number. */
    public static long offsetOf(int granule) {
        return Integer.toUnsignedLong(granule) << GRANULE_SHIFT;
    }

    /** Returns the granule that contains an offset in the kernel map, as an unsigned number. */
    public static int granuleOf(long offset) {
        return (int) (offset >>> GRANULE_SHIFT);
    }

    /** Creates a slab of a keg that begins at the given granule. */
    static Slab of(TagSpace tags, Keg keg, int base) {
        return new Slab(
                tags, keg, base, new Shape(keg.zone(), keg.sizeClass(), keg.slabUnits(), keg.itemBytes(), keg.ipers()));
    }

    /**
     * Creates a page run of the given size that begins at the given granule.
     *
     * @param units the number of units that the run touches
     * @param bytes the size of the run in bytes, as accounted
     */
    static Slab run(TagSpace tags, int base, int units, long bytes) {
        return new Slab(tags, null, base, new Shape(PAGE_RUN, PAGE_RUN, units, bytes, 1));
    }

    /** Creates a slab of the reserve, of one unit, that begins at the given granule. */
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

    /**
     * Returns the tag of an item that is handed out.
     *
     * @param granule the first granule of the item; only the low 16 bits are used
     * @param owner the owner, 1 to 65535
     */
    public static int tag(int granule, int owner) {
        return (granule << OWNER_BITS) | owner;
    }

    /** Returns the owner that a tag contains. A tag of 0, of a free item, contains owner 0. */
    public static int owner(int tag) {
        return tag & ((1 << OWNER_BITS) - 1);
    }

    /** Returns the kind of a slab. The zone bits of the kind of a page run or a reserved slab equal no zone's number. */
    static int kind(int zone, int shift) {
        return (zone << ZONE_SHIFT) | shift;
    }

    /**
     * Returns the number of the zone that a kind contains. For a slab whose items enter no cache, the result is a large number that no zone
     * has.
     */
    public static int zone(int kind) {
        return kind >>> ZONE_SHIFT;
    }

    /**
     * Returns the tag of an item or page run. If the map has ended, the tag of an item is 0.
     *
     * @param granule any granule that has the same tag, such as the first one of the item; ignored for a page run
     */
    public int tagOf(int granule) {
        return hasTags() ? tags.get(granule, shift) : runTag;
    }

    /**
     * Sets the tag of an item or page run. If the map has ended, has no effect on an item.
     *
     * @param granule the first granule of the item
     * @param owner the owner; 0 sets the whole tag to 0
     */
    public void tagAs(int granule, int owner) {
        int tag = owner == 0 ? 0 : tag(granule, owner);
        if (hasTags()) {
            tags.set(granule, shift, tag);
        } else {
            runTag = tag;
        }
    }

    /**
     * Replaces a tag if it has the expected value, and returns whether it did. The comparison and the write are one atomic operation, for
     * the slow paths. If the map has ended, the result for an item is false.
     */
    public boolean retag(int granule, int expected, int tag) {
        return hasTags() ? tags.replace(granule, shift, expected, tag) : RUN_TAG.compareAndSet(this, expected, tag);
    }

    /** Returns whether the tags of the items are in the tag space; false for a page run. */
    boolean hasTags() {
        return zone != PAGE_RUN;
    }

    /**
     * Returns the number of granules in the units of this slab. For a slab with tags, the number is below 2^31; for a page run, it may
     * overflow.
     */
    int granules() {
        return units << SlabMap.UNIT_GRANULE_SHIFT;
    }

    /** Returns the number of the item that starts exactly at a granule, or -1 if no item starts there. */
    public int indexOf(int granule) {
        int offset = granule - base;
        int index = (int) ((offset * reciprocal) >>> RECIPROCAL_SHIFT);
        return index * itemGranules == offset && index < items ? index : -1;
    }

    /** Returns the number of the item that contains a granule. The granule must be inside an item of this slab, which is not a page run. */
    public int indexOfItem(int granule) {
        return (int) (((granule - base) * reciprocal) >>> RECIPROCAL_SHIFT);
    }

    /** Returns the first granule of the item with the given number. */
    public int granule(int index) {
        return base + index * itemGranules;
    }

    /** Returns the note of the item that contains a granule, or null if there is none. */
    public @Nullable Object note(int granule) {
        AtomicReferenceArray<@Nullable Object> kept = notes;
        int index = noteIndex(granule);
        return kept == null || index >= kept.length() ? null : kept.get(index);
    }

    /**
     * Sets the note of the item that contains a granule; it stays until it is replaced. The layer above defines its content.
     *
     * @throws OutOfMemoryError if this is the first note of the slab and the Java heap is exhausted
     */
    public void note(int granule, Object note) {
        AtomicReferenceArray<@Nullable Object> kept = notes;
        (kept == null ? addNotes() : kept).set(noteIndex(granule), note);
    }

    /** Returns whether a note was ever made for an item of this slab. */
    public boolean hasNotes() {
        return notes != null;
    }

    /** Returns the index of the note of the item that contains a granule. */
    private int noteIndex(int granule) {
        return zone == PAGE_RUN ? 0 : indexOfItem(granule);
    }

    /** Creates the array of notes. If another thread creates one at the same time, both threads use the array that was set first. */
    private AtomicReferenceArray<@Nullable Object> addNotes() {
        AtomicReferenceArray<@Nullable Object> added = new AtomicReferenceArray<>(items);
        Object kept = NOTES.compareAndExchange(this, null, added);
        return kept == null ? added : Objects.requireNonNull(notes);
    }

    /** Returns the first granule of the item that contains a granule; for a page run, the first granule of the run. */
    public int firstGranule(int granule) {
        return zone == PAGE_RUN ? base : granule(indexOfItem(granule));
    }

    /** Returns the number of items of this slab, free or not; 1 for a page run. */
    public int items() {
        return items;
    }

    /** Returns the number of items that are in the slab. Called under the lock of the keg or of the {@link Reserve}. */
    int freeCount() {
        return freeCount;
    }

    /**
     * Finds the OS pages that hold no used item. Leaves out pages whose memory was returned to the OS and of which no item has been taken
     * since. Sets the tags of the items on these pages to 0. Called under the lock of the keg.
     *
     * @param giveBack receives each run of such pages: the offset from the start of the slab, and the length, both in bytes
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
                // The content of the item is lost. A tag that says that the item is filled with trash would be untrue
                // now.
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

    /**
     * Takes up to {@code room} items out of the slab, the lowest first, and returns their number. Called under the lock of the keg or of
     * the {@link Reserve}.
     *
     * @param into receives the first granules of the items
     * @param from the index of the first element of {@code into} that is written
     */
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

    /**
     * Returns an item to the slab. Called under the lock of the keg or of the {@link Reserve}.
     *
     * @param granule the first granule of an item of this slab
     * @return false if the item is in the slab already, for example because two threads freed it at the same instant
     */
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
