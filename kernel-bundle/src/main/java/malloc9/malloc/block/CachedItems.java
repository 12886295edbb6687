package malloc9.malloc.block;

import malloc9.malloc.account.Ablation;
import malloc9.malloc.account.Counters;
import malloc9.malloc.account.Tags;
import malloc9.pcpu.Pcpu;
import malloc9.uma.Cache;
import malloc9.uma.Slab;
import malloc9.uma.SlabMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes items out of caches and puts them back by the way that every type can go, watched or not: what the fast path does for
 * the usual type, with its zone and its row of counters told.
 *
 * <p>Called inside a critical section. Changes come last and call nothing, so that a stack overflow finds all done or
 * nothing.
 */
public final class CachedItems {

    private final SlabMap slabs;

    /** Units of the map. */
    private final int units;

    private final long base;

    /** @param base the kernel map's first address */
    CachedItems(SlabMap slabs, long base) {
        this.slabs = slabs;
        this.units = slabs.units();
        this.base = base;
    }

    /** An item of the zone, prepared by the hook if there is one, handed out to that owner; -1 if the cache is empty. */
    long take(Pcpu cpu, int zone, long[] row, int owner, boolean zeroed, @Nullable ItemHook hook) {
        int[] items = cpu.items;
        if (!Cache.isOpen(items, zone)) {
            return -1;
        }
        int top = items[zone] - 1;
        int item = items[top];
        int unit = item >>> SlabMap.UNIT_GRANULE_SHIFT;
        // Below the first item of a cache stands what is in no unit of the map.
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

    /** Puts an item of a slab back; false if the cache is full, or the item not of that type any more. */
    boolean give(Pcpu cpu, Slab slab, int item, long[] row, int number) {
        int[] items = cpu.items;
        int zone = slab.zone;
        if (!Cache.isOpen(items, zone)) {
            return false;
        }
        int top = items[zone];
        if (Cache.isFull(top) || (Ablation.TAGS && !Tags.isOf(slab.tagOf(item), number))) {
            return false;
        }
        slab.tagAs(item, 0);
        items[top] = item;
        items[zone] = top + 1;
        row[Counters.FREES + slab.sizeClass]++;
        return true;
    }

    /** Zeroes an item. */
    void zero(int item, long bytes) {
        Zeroing.zero(base + (Integer.toUnsignedLong(item) << Slab.GRANULE_SHIFT), bytes, bytes);
    }
}
