package dev.malloc9.uma;

import dev.malloc9.pcpu.Pcpu;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cache of one CPU for one zone: a stack of free items in the arrays of the CPU's slot (struct uma_cache). This class has no instances;
 * its methods work on the arrays.
 *
 * <pre>
 *   items   0            512, or a multiple of it
 *           | tops ...   | region of zone 0 | region of zone 1 | ...
 *
 *           region of a zone, 512 wide
 *           | ... |  -1  | item | item | item |  ...  |  ...  |  end  |
 *                         first                ^ items[zone], its top
 * </pre>
 *
 * <p>If the cache of a closed zone was emptied, its stack has neither items nor room. The same holds for a zone that did not exist when the
 * arrays of the slot were made. If its number has a region, the top of such a stack is the end of the region, and the element below the end
 * is -1. A number above the last region has the top -1 if it lies within the tops; otherwise it has no top.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: as drawn, in one array, so that one comparison with the length is enough. A stack ends where its region ends, so that the
 *       low bits of the top show a full stack. The element below the first item is -1, so that an empty stack is found without a comparison
 *       of indexes.
 *   <li>Concurrency: the arrays belong to the CPU's slot. They are used only inside a critical section of the slot, or by a {@link Drain}.
 *       Other threads may count items, with an approximate result.
 *   <li>Invariants: the item that was freed last, which is still in the processor's cache, is handed out first.
 *   <li>Cost: 2 KiB of Java heap for each zone and CPU, of which only the lines in use are touched. A malloc loads a top and an item,
 *       without an object between them. If buckets have their full size, one is copied in or out at most once in half as many operations as
 *       the cache has room for items.
 *   <li>Differs from BSD: one array to and from which buckets are copied, where BSD exchanges two buckets.
 * </ul>
 */
public final class Cache {

    /** The binary logarithm of the number of elements in the region of a zone. */
    private static final int SHIFT = 9;

    /** The binary logarithm of the number of counts of a zone. */
    private static final int COUNTS_SHIFT = 1;

    /**
     * The number of unused elements before and after the counts of a slot: 128 bytes on each side, so that no cache line of counts contains
     * data of other objects. The array of items has as many unused bytes at its end.
     */
    private static final int APART = 16;

    /**
     * The number of zones beyond the last region whose counts still lie within the array of counts. The fast path of a zone checks that its
     * counts lie within the array, but not that it has a region. The tops therefore have room for these zones, too.
     */
    private static final int BEYOND = APART >> COUNTS_SHIFT;

    /** The low bits of an index, which give the place within a region. */
    private static final int MASK = (1 << SHIFT) - 1;

    /** The maximum number of items in a cache. */
    static final int MAX = MASK - 1;

    /** The value below the first item of a stack. No map has a granule with this number. */
    private static final int NONE = -1;

    /** The top of a number without a region. The stack is both empty and full, so that malloc and free take the slow path. */
    private static final int NOBODYS = -1;

    private static final int[] EMPTY = new int[0];

    private Cache() {}

    /** Returns whether a value that was read from a stack is the one below the first item, which means that the stack is empty. */
    public static boolean isNone(int item) {
        return item == NONE;
    }

    /** Returns whether a stack with the given top has no room for another item. */
    public static boolean isFull(int top) {
        return (top & MASK) == MASK;
    }

    /**
     * Creates the stacks of all zones for which the slot's arrays have none, and keeps the items of the others. Called inside a critical
     * section of the slot. If the Java heap is exhausted, throws an OutOfMemoryError and changes nothing.
     *
     * @param zones the zones by number; null where there is no zone
     */
    static void open(Pcpu cpu, @Nullable UmaZone[] zones) {
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
                UmaZone zone = zones[number];
                items[number] = zone == null || zone.closed() ? end(items, number) : first(items, zone);
                items[items[number] - 1] = NONE;
            }
        }
        long[] counts = Arrays.copyOf(cpu.counts, counts(length) + APART);
        VarHandle.releaseFence();
        cpu.items = items;
        cpu.counts = counts;
    }

    /** Returns the index of the first of the two counts of a zone in the counts of a slot. */
    public static int counts(int zone) {
        return APART + (zone << COUNTS_SHIFT);
    }

    /**
     * Returns the number of free items in the cache: exact for the thread in a critical section of the slot, approximate for other threads.
     */
    static int count(Pcpu cpu, UmaZone zone) {
        return count(cpu.items, zone);
    }

    /**
     * Takes all free items of a zone out of a cache. If the zone is closed, also closes its stack. Called by {@link Drain} while no
     * critical section uses the cache.
     *
     * @return the items; an empty array if the slot has no stack for the zone
     */
    static int[] takeAll(Pcpu cpu, UmaZone zone) {
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

    /** Returns whether the zone has a stack with room for the given number of additional items. */
    static boolean hasRoom(int[] items, UmaZone zone, int more) {
        return isOpen(items, zone.number()) && count(items, zone) + more <= zone.cacheItems();
    }

    /** Moves all items of a bucket onto the stack. The stack must have room for them. */
    static void fill(int[] items, UmaZone zone, Bucket bucket) {
        int top = items[zone.number()];
        System.arraycopy(bucket.items, 0, items, top, bucket.count);
        items[zone.number()] = top + bucket.count;
        bucket.count = 0;
    }

    /** Moves the items that were freed longest ago from the stack to a bucket, as many as the bucket has room for. */
    static void drain(int[] items, UmaZone zone, Bucket bucket) {
        int first = first(items, zone);
        int count = count(items, zone);
        int moved = Math.min(count, bucket.items.length - bucket.count);
        System.arraycopy(items, first, bucket.items, bucket.count, moved);
        System.arraycopy(items, first + moved, items, first, count - moved);
        items[zone.number()] = first + count - moved;
        bucket.count += moved;
    }

    /** Returns the number of items on the stack of a zone; 0 if there is no stack. */
    private static int count(int[] items, UmaZone zone) {
        int number = zone.number();
        return isOpen(items, number) ? Math.max(0, items[number] - first(items, zone)) : 0;
    }

    /**
     * Returns whether the arrays have an open stack for the zone with the given number. A full stack is open; its top is also the end of
     * the region, but an item lies below it.
     */
    public static boolean isOpen(int[] items, int number) {
        return number < stacks(items) && (items[number] != end(items, number) || items[items[number] - 1] != NONE);
    }

    /** Returns the index of the first item of a stack. */
    private static int first(int[] items, UmaZone zone) {
        return end(items, zone.number()) - zone.cacheItems();
    }

    /** Returns the index of the last element of a region, which never holds an item. */
    private static int end(int[] items, int number) {
        return front(items) + ((number + 1) << SHIFT) - 1;
    }

    /** Returns the index at which the regions begin. */
    private static int front(int[] items) {
        return items.length == 0 ? 0 : Math.ceilDiv((items.length >>> SHIFT) + BEYOND, MASK + 2) << SHIFT;
    }

    /** Returns the number of regions, including the regions of closed zones. */
    private static int stacks(int[] items) {
        return (items.length - front(items)) >>> SHIFT;
    }

    /** Returns the length of the tops, in multiples of a region, for the given number of stacks and {@link #BEYOND} more. */
    private static int pages(int stacks) {
        return Math.ceilDiv(stacks + BEYOND, MASK + 1);
    }
}
