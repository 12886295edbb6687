package malloc9.malloc;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import malloc9.uma.Cache;
import malloc9.uma.CpuCaches;
import malloc9.uma.Slab;
import malloc9.uma.SlabMap;

/**
 * Takes items out of caches and puts them back by the way that every type can go, watched or not: what the fast path does for
 * the usual type, with its zone and its row of counters told.
 *
 * <p>Called inside a critical section. Changes come last and call nothing, so that a stack overflow finds all done or
 * nothing.
 */
final class Items {

    /** Up to here, zeroing by words beats a call. */
    private static final int ZERO_BY_WORDS = 128;

    private final SlabMap slabs;
    private final MemorySegment range;
    private final int classCount;

    /** @param range the kernel map's */
    Items(SlabMap slabs, MemorySegment range, SizeClasses classes) {
        this.slabs = slabs;
        this.range = range;
        this.classCount = classes.count();
    }

    /** An item of the zone, or -1 if the cache is empty. */
    long take(CpuCaches cpu, int zone, long[] row, short tag, boolean zeroed) {
        Cache cache = cpu.caches[zone];
        int top = cache.count - 1;
        if (top < 0) {
            return -1;
        }
        int item = cache.items[top];
        Slab slab = slabs.find(item);
        if (slab == null) {
            return -1;
        }
        int index = slab.indexOfItem(item);
        int sizeClass = zone % classCount;
        if (zeroed) {
            zero(item, slab.itemBytes);
        }
        cache.count = top;
        slab.tags[index] = tag;
        row[sizeClass]++;
        return Integer.toUnsignedLong(item);
    }

    /** Puts an item of a slab back; false if the cache is full, or the item not of that type any more. */
    boolean give(CpuCaches cpu, Slab slab, int item, long[] row, short typesTag) {
        int index = slab.indexOfItem(item);
        Cache cache = cpu.caches[slab.zone];
        int[] items = cache.items;
        int count = cache.count;
        short[] tags = slab.tags;
        if (count >= items.length || !Tags.isOf(tags[index], typesTag)) {
            return false;
        }
        int frees = Counters.FREES + slab.zone % classCount;
        tags[index] = 0;
        items[count] = item;
        cache.count = count + 1;
        row[frees]++;
        return true;
    }

    private void zero(int item, long bytes) {
        long offset = Integer.toUnsignedLong(item) << Slab.GRANULE_SHIFT;
        if (bytes > ZERO_BY_WORDS) {
            range.asSlice(offset, bytes).fill((byte) 0);
        } else {
            for (long at = offset; at < offset + bytes; at += Long.BYTES) {
                range.set(ValueLayout.JAVA_LONG, at, 0L);
            }
        }
    }
}
