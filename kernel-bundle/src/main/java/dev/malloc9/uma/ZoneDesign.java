package dev.malloc9.uma;

import static dev.malloc9.api.zone.ZoneFlags.UMA_ALIGN_CACHE;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_CACHESPREAD;
import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_MAXBUCKET;

import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;

/**
 * A design of a zone: the arguments from which it is created. The caller has checked that they are valid.
 *
 * @param name the name of the zone
 * @param size the size of an item in bytes, as asked for
 * @param alignMask the alignment in bytes minus 1, or {@link dev.malloc9.api.zone.ZoneFlags#UMA_ALIGN_CACHE}
 * @param flags the flags of the zone, from {@link dev.malloc9.api.zone.ZoneFlags}
 */
public record ZoneDesign(String name, long size, int alignMask, int flags) {

    /** The mask for which {@link dev.malloc9.api.zone.ZoneFlags#UMA_ALIGN_CACHE} stands. */
    private static final int CACHE_LINE_MASK = 63;

    /** The size class of items for which malloc does not account. */
    static final int NO_CLASS = -1;

    /** The size in bytes of the largest item: 16 bits distinguish all granules inside it. */
    public static final long SIZE_MAX = 1 << 20;

    /** The size in bytes of the largest item that can be spread over cache lines: half of the maximum length of BSD's spread slabs. */
    public static final long SPREAD_MAX = 64 << 10;

    /** The largest alignment mask of spread items: they are spread within one of BSD's slabs. */
    public static final int SPREAD_ALIGN_MAX = KegLayout.SLAB_BYTES - 1;

    /** The largest alignment mask: every slab begins at a multiple of 64 KiB. */
    public static final int ALIGN_MAX = KernelMap.UNIT - 1;

    /**
     * The number of units of a slab for items of more than 4 KiB and at most 64 KiB, and for all spread items. With this length most sizes
     * leave little of the slab unused.
     */
    private static final int LARGE_SLAB_UNITS = 4;

    /** Returns the alignment in bytes minus 1. */
    public int align() {
        return alignMask == UMA_ALIGN_CACHE ? CACHE_LINE_MASK : alignMask;
    }

    /** Returns whether one of the given flags is set. */
    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Returns the distance in bytes from one item to the next in slabs of malloc9, a multiple of a granule. */
    long itemBytes() {
        int mask = Math.max(align(), Slab.GRANULE - 1);
        return has(UMA_ZONE_CACHESPREAD) ? KegLayout.spreadBytes(size, mask) : PageSource.roundUp(size, mask + 1L);
    }

    /** Returns a limit in items, rounded up to whole slabs of FreeBSD. */
    public long limit(long items) {
        return KegLayout.of(size, align(), flags).roundUpToSlabs(items);
    }

    /** Creates the keg of the zone with the given number. */
    Keg keg(SlabMap slabs, int number) {
        long bytes = itemBytes();
        // In a slab that is long enough, the items use all cache lines of a page.
        int units = has(UMA_ZONE_CACHESPREAD) ? LARGE_SLAB_UNITS : units(bytes);
        return new Keg(slabs, number, NO_CLASS, bytes, units, flags);
    }

    /** Creates the zone over its keg. */
    UmaZone zone(int number, Keg keg) {
        return new UmaZone(name, number, keg, keg, true, has(UMA_ZONE_MAXBUCKET));
    }

    /** Returns the length in units of a slab of such items: a power of two, or for items of more than 64 KiB the units of one item. */
    static int units(long itemBytes) {
        if (itemBytes > KernelMap.UNIT) {
            return (int) Math.ceilDiv(itemBytes, KernelMap.UNIT);
        }
        return itemBytes <= KegLayout.SLAB_BYTES ? 1 : LARGE_SLAB_UNITS;
    }
}
