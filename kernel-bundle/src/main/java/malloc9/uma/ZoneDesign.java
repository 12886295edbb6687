package malloc9.uma;

import static malloc9.api.zone.ZoneFlags.UMA_ALIGN_CACHE;
import static malloc9.api.zone.ZoneFlags.UMA_ZONE_CACHESPREAD;
import static malloc9.api.zone.ZoneFlags.UMA_ZONE_MAXBUCKET;

import malloc9.vm.KernelMap;
import malloc9.vm.PageSource;

/**
 * A zone design is what a zone is made by, already found to be possible.
 *
 * @param name name
 * @param size bytes of an item as asked for
 * @param alignMask mask, or {@link malloc9.api.zone.ZoneFlags#UMA_ALIGN_CACHE}
 * @param flags of {@link malloc9.api.zone.ZoneFlags}
 */
public record ZoneDesign(String name, long size, int alignMask, int flags) {

    /** What {@link malloc9.api.zone.ZoneFlags#UMA_ALIGN_CACHE} means. */
    private static final int CACHE_LINE_MASK = 63;

    /** The size class of items that malloc does not account for. */
    static final int NO_CLASS = -1;

    /** The largest item: inside one, 16 bits tell granules apart. */
    public static final long SIZE_MAX = 1 << 20;

    /** The largest item that can be spread over cache lines: half of what BSD's spread slabs may have. */
    public static final long SPREAD_MAX = 64 << 10;

    /** The largest alignment mask of spread items: they are spread inside one of BSD's slabs. */
    public static final int SPREAD_ALIGN_MAX = KegLayout.SLAB_BYTES - 1;

    /** The largest alignment mask: slabs begin at such addresses. */
    public static final int ALIGN_MAX = KernelMap.UNIT - 1;

    /** Items above 4 KiB share slabs of this many units, so that most sizes leave little over. */
    private static final int LARGE_SLAB_UNITS = 4;

    /** The alignment as a mask. */
    public int align() {
        return alignMask == UMA_ALIGN_CACHE ? CACHE_LINE_MASK : alignMask;
    }

    /** Whether one of the flags is set. */
    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Bytes from one of our items to the next. */
    long itemBytes() {
        int mask = Math.max(align(), Slab.GRANULE - 1);
        return has(UMA_ZONE_CACHESPREAD) ? KegLayout.spreadBytes(size, mask) : PageSource.roundUp(size, mask + 1L);
    }

    /** A limit as BSD's slabs would have it. */
    public long limit(long items) {
        return KegLayout.of(size, align(), flags).roundUpToSlabs(items);
    }

    Keg keg(SlabMap slabs, int number) {
        long bytes = itemBytes();
        // A page's lines are all hit in a slab that is long enough.
        int units = has(UMA_ZONE_CACHESPREAD) ? LARGE_SLAB_UNITS : units(bytes);
        return new Keg(slabs, number, NO_CLASS, bytes, units, flags);
    }

    Zone zone(int number, Keg keg) {
        return new Zone(name, number, keg, keg, true, has(UMA_ZONE_MAXBUCKET));
    }

    /** The units of a slab of such items: a power of two, or those of a single item. */
    static int units(long itemBytes) {
        if (itemBytes > KernelMap.UNIT) {
            return (int) Math.ceilDiv(itemBytes, KernelMap.UNIT);
        }
        return itemBytes <= KegLayout.SLAB_BYTES ? 1 : LARGE_SLAB_UNITS;
    }
}
