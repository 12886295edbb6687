package dev.malloc9.malloc.block;

import dev.malloc9.malloc.account.Counters;
import dev.malloc9.malloc.account.Tags;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.uma.Cache;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.SlabMap;
import org.jspecify.annotations.Nullable;

/**
 * The CPUs' caches as the slow path uses them. It does the same as the fast path, but for any zone and for any row of counters, so that it
 * serves types with and without a policy.
 *
 * <p>All methods are called inside a critical section. The changes come after all checks. The beginning of the section has checked the
 * stack that they need, so that a StackOverflowError finds all of them made, or none.
 */
public final class CachedItems {

    private final SlabMap slabs;

    /** The number of units of the kernel map. */
    private final int units;

    private final long base;

    /** @param base the first address of the kernel map */
    CachedItems(SlabMap slabs, long base) {
        this.slabs = slabs;
        this.units = slabs.units();
        this.base = base;
    }

    /**
     * Takes an item of a zone from the CPU's cache, prepares it, tags it and counts it.
     *
     * @param row the counters in which the item is counted
     * @param owner the owner bits of the item's tag
     * @param zeroed whether the item is zeroed to its end
     * @param hook the set-up of the red zones, or null; if it throws, the item stays in the cache
     * @return the item's first granule as an unsigned number, or -1 if the cache is empty or the CPU has none for this zone
     */
    long take(Pcpu cpu, int zone, long[] row, int owner, boolean zeroed, @Nullable ItemHook hook) {
        int[] items = cpu.items;
        if (!Cache.isOpen(items, zone)) {
            return -1;
        }
        int top = items[zone] - 1;
        int item = items[top];
        int unit = item >>> SlabMap.UNIT_GRANULE_SHIFT;
        // Below the first item of a stack stands -1, a granule whose unit lies behind the largest possible map.
        Slab slab = unit < units ? slabs.find(item) : null;
        if (slab == null) {
            return -1;
        }
        if (zeroed) {
            zero(item, slab.itemBytes);
        }
        if (hook != null) {
            hook.put(slab, item);
        }
        int sizeClass = slab.sizeClass;
        items[zone] = top;
        slab.tagAs(item, owner);
        row[Counters.ALLOCS + sizeClass]++;
        return Integer.toUnsignedLong(item);
    }

    /**
     * Puts an item into the CPU's cache of its slab's zone, clears its tag and counts it.
     *
     * @param row the counters in which the free is counted
     * @param number the number of the type that frees the item
     * @return false if the cache is full or missing, or if the item's tag is not the type's any more; nothing is changed
     */
    boolean give(Pcpu cpu, Slab slab, int item, long[] row, int number) {
        int[] items = cpu.items;
        int zone = slab.zone;
        if (!Cache.isOpen(items, zone)) {
            return false;
        }
        int top = items[zone];
        if (Cache.isFull(top) || !Tags.isOf(slab.tagOf(item), number)) {
            return false;
        }
        slab.tagAs(item, 0);
        items[top] = item;
        items[zone] = top + 1;
        row[Counters.FREES + slab.sizeClass]++;
        return true;
    }

    /** Zeroes an item; {@code bytes} is its size, a multiple of 16. */
    void zero(int item, long bytes) {
        Zeroing.zero(base + Slab.offsetOf(item), bytes, bytes);
    }
}
