package malloc9.uma;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import malloc9.pcpu.Pcpu;
import org.jspecify.annotations.Nullable;

/**
 * A cache is one CPU's stock of one zone's free items, a stack in the arrays of the CPU's slot (struct uma_cache).
 *
 * <pre>
 *   items   0            512, or the next multiple of it
 *           | tops ...   | region of zone 0 | region of zone 1 | ...
 *
 *           region of a zone, 512 wide
 *           | ... |  -1  | item | item | item |  ...  |  ...  |  end  |
 *                         first                ^ items[zone], its top
 * </pre>
 *
 * <p>A zone that is closed, or was not there when the slot's arrays were made, has neither items nor room: its top is the end
 * of its region, below which stands none.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as drawn, in one array, so that a look at its length is enough; a stack ends where the region does, so that a full one is told by its low bits; below its first
 *       item stands none, so that an empty one needs no test of its own.
 *   <li>Concurrency: owned by its CPU's slot, inside a critical section only, or by a {@link Drain}.
 *   <li>Invariants: the item freed last, still in the processor's cache, is the one handed out next.
 *   <li>Cost: 2 KiB of heap a zone and CPU, of which the lines in use are looked at; a malloc loads a top and an item, no
 *       object stands between; a bucket is copied in or out once in half as many operations as there is room.
 *   <li>Differs from BSD: an array that buckets are copied from and to, instead of two buckets that are exchanged.
 * </ul>
 */
public final class Cache {

    /** Log2 of the region of a zone. */
    private static final int SHIFT = 9;

    /** Log2 of the counts of a zone. */
    private static final int COUNTS_SHIFT = 1;

    /** Elements around a slot's counts: 128 bytes, so that no line of the processor's cache has anything of others. */
    private static final int APART = 16;

    private static final int MASK = (1 << SHIFT) - 1;

    /** The most items that a cache may hold. */
    static final int MAX = MASK - 1;

    /** What stands below the first item; in no map is there such a granule. */
    private static final int NONE = -1;

    /** The top of what is no zone's: nothing stands below it, and it is full. */
    private static final int NOBODYS = -1;

    private static final int[] EMPTY = new int[0];

    private Cache() {}

    /** Whether it is what stands below the first item. */
    public static boolean isNone(int item) {
        return item == NONE;
    }

    /** Whether nothing may be put onto a stack. */
    public static boolean isFull(int top) {
        return (top & MASK) == MASK;
    }

    /** Makes stacks for all those zones that the slot's arrays have none for; inside a critical section. */
    static void open(Pcpu cpu, @Nullable Zone[] zones) {
        int[] former = cpu.items;
        int known = stacks(former);
        int length = Math.max(known, zones.length);
        int[] items = new int[((length + pages(length)) << SHIFT) + 2 * APART];
        int moved = (pages(length) << SHIFT) - front(former);
        Arrays.fill(items, 0, front(items), NOBODYS);
        System.arraycopy(former, front(former), items, front(items), known << SHIFT);
        for (int number = 0; number < zones.length; number++) {
            if (number < known) {
                items[number] = former[number] + moved;
            }
            if (number >= known || !isOpen(items, number)) {
                Zone zone = zones[number];
                items[number] = zone == null || zone.closed() ? end(items, number) : first(items, zone);
                items[items[number] - 1] = NONE;
            }
        }
        long[] counts = Arrays.copyOf(cpu.counts, counts(length) + APART);
        VarHandle.releaseFence();
        cpu.items = items;
        cpu.counts = counts;
    }

    /** Where in a slot's counts the two of a zone begin. */
    public static int counts(int zone) {
        return APART + (zone << COUNTS_SHIFT);
    }

    /** Free items; exact for the owner, near the truth for others. */
    static int count(Pcpu cpu, Zone zone) {
        return count(cpu.items, zone);
    }

    /** Takes all free items of a zone out; of a closed one, the stack too. For {@link Drain}. */
    static int[] takeAll(Pcpu cpu, Zone zone) {
        int[] items = cpu.items;
        int number = zone.number();
        if (!isOpen(items, number)) {
            return EMPTY;
        }
        int first = first(items, zone);
        int[] taken = Arrays.copyOfRange(items, first, items[number]);
        items[number] = zone.closed() ? end(items, number) : first;
        items[items[number] - 1] = NONE;
        return taken;
    }

    /** Whether all items of a bucket would find room. */
    static boolean hasRoom(int[] items, Zone zone, int more) {
        return isOpen(items, zone.number()) && count(items, zone) + more <= zone.cacheItems();
    }

    /** Puts a bucket's items onto the stack. */
    static void fill(int[] items, Zone zone, Bucket bucket) {
        int top = items[zone.number()];
        System.arraycopy(bucket.items, 0, items, top, bucket.count);
        items[zone.number()] = top + bucket.count;
        bucket.count = 0;
    }

    /** Takes the items that were freed longest ago, as many as the bucket has room for. */
    static void drain(int[] items, Zone zone, Bucket bucket) {
        int first = first(items, zone);
        int count = count(items, zone);
        int moved = Math.min(count, bucket.items.length - bucket.count);
        System.arraycopy(items, first, bucket.items, bucket.count, moved);
        System.arraycopy(items, first + moved, items, first, count - moved);
        items[zone.number()] = first + count - moved;
        bucket.count += moved;
    }

    private static int count(int[] items, Zone zone) {
        int number = zone.number();
        return isOpen(items, number) ? Math.max(0, items[number] - first(items, zone)) : 0;
    }

    /** Whether there is a stack for that zone. */
    public static boolean isOpen(int[] items, int number) {
        return number < stacks(items) && (items[number] != end(items, number) || items[items[number] - 1] != NONE);
    }

    private static int first(int[] items, Zone zone) {
        return end(items, zone.number()) - zone.cacheItems();
    }

    private static int end(int[] items, int number) {
        return front(items) + ((number + 1) << SHIFT) - 1;
    }

    /** Where the stacks begin. */
    private static int front(int[] items) {
        return Math.ceilDiv(items.length >>> SHIFT, MASK + 2) << SHIFT;
    }

    /** How many stacks there are. */
    private static int stacks(int[] items) {
        return (items.length - front(items)) >>> SHIFT;
    }

    /** Regions that the tops of so many stacks fill. */
    private static int pages(int stacks) {
        return Math.ceilDiv(stacks, MASK + 1);
    }
}
