package malloc9.uma;

import java.util.Arrays;
import malloc9.pcpu.Pcpu;

/**
 * A cache is one CPU's stock of one zone's free items, a stack in the arrays of the CPU's slot (struct uma_cache).
 *
 * <pre>
 *   items   zone * 128                                          zone * 128 + 127
 *           | ... |  -1  | item | item | item |  ...  |  ...  |  end  |
 *                         first                ^ tops[zone]
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as drawn; a stack ends where the region does, so that a full one is told by its low bits; below its first
 *       item stands none, so that an empty one needs no test of its own.
 *   <li>Concurrency: owned by its CPU's slot, inside a critical section only.
 *   <li>Invariants: the item freed last, still in the processor's cache, is the one handed out next.
 *   <li>Cost: 512 bytes of heap a zone and CPU; a malloc loads a top and an item, no object stands between; a bucket is
 *       copied in or out once in half as many operations as there is room.
 *   <li>Differs from BSD: an array that buckets are copied from and to, instead of two buckets that are exchanged.
 * </ul>
 */
public final class Cache {

    /** Log2 of the region of a zone. */
    private static final int SHIFT = 7;

    private static final int MASK = (1 << SHIFT) - 1;

    /** The most items that a cache may hold. */
    static final int MAX = MASK - 1;

    /** What stands below the first item; in no map is there such a granule. */
    private static final int NONE = -1;

    private Cache() {}

    /** Whether nothing may be put onto a stack. */
    public static boolean isFull(int top) {
        return (top & MASK) == MASK;
    }

    /** Whether the slot has its arrays for that zone. */
    static boolean isOpen(Pcpu cpu, int zone) {
        return zone < cpu.tops.length;
    }

    /** Makes the slot's arrays long enough for all those zones; inside a critical section. */
    static void open(Pcpu cpu, Zone[] zones) {
        int known = cpu.tops.length;
        int[] items = Arrays.copyOf(cpu.items, zones.length << SHIFT);
        int[] tops = Arrays.copyOf(cpu.tops, zones.length);
        for (int zone = known; zone < zones.length; zone++) {
            tops[zone] = first(zones[zone]);
            items[tops[zone] - 1] = NONE;
        }
        cpu.items = items;
        cpu.tops = tops;
    }

    /** Free items; exact for the owner, near the truth for others. */
    static int count(Pcpu cpu, Zone zone) {
        int[] tops = cpu.tops;
        return zone.number() < tops.length ? tops[zone.number()] - first(zone) : 0;
    }

    /** Whether all items of a bucket would find room. */
    static boolean hasRoom(Pcpu cpu, Zone zone, int items) {
        return count(cpu, zone) + items <= zone.cacheItems();
    }

    /** Puts a bucket's items onto the stack. */
    static void fill(Pcpu cpu, Zone zone, Bucket bucket) {
        int top = cpu.tops[zone.number()];
        System.arraycopy(bucket.items, 0, cpu.items, top, bucket.count);
        cpu.tops[zone.number()] = top + bucket.count;
        bucket.count = 0;
    }

    /** Takes the items that were freed longest ago, as many as the bucket has room for. */
    static void drain(Pcpu cpu, Zone zone, Bucket bucket) {
        int first = first(zone);
        int count = count(cpu, zone);
        int moved = Math.min(count, bucket.items.length - bucket.count);
        System.arraycopy(cpu.items, first, bucket.items, bucket.count, moved);
        System.arraycopy(cpu.items, first + moved, cpu.items, first, count - moved);
        cpu.tops[zone.number()] = first + count - moved;
        bucket.count += moved;
    }

    private static int first(Zone zone) {
        return ((zone.number() + 1) << SHIFT) - 1 - zone.cacheItems();
    }
}
