package malloc9.api.zone;

/** The flags and alignments of zones, with FreeBSD's names and values. Alignments are masks. */
public final class ZoneFlags {

    /** Items read as zero when their slab is new; whoever frees them leaves them so. */
    public static final int UMA_ZONE_ZINIT = 0x0002;

    /** Slabs are not given back while the zone lives: an item's memory stays an item of the zone. */
    public static final int UMA_ZONE_NOFREE = 0x0020;

    /** Each item has a reference count: {@link Zone#findRefcnt}. */
    public static final int UMA_ZONE_REFCNT = 0x0400;

    /** The CPUs' buckets have their full size from the start. */
    public static final int UMA_ZONE_MAXBUCKET = 0x0800;

    /** Items start on all cache lines in turn, not on a few. */
    public static final int UMA_ZONE_CACHESPREAD = 0x1000;

    /** An address leads to its slab; here it always does. */
    public static final int UMA_ZONE_VTOSLAB = 0x2000;

    /** Any address. */
    public static final int UMA_ALIGN_CHAR = 0;

    /** 2 bytes. */
    public static final int UMA_ALIGN_SHORT = 1;

    /** 4 bytes. */
    public static final int UMA_ALIGN_INT = 3;

    /** 8 bytes. */
    public static final int UMA_ALIGN_LONG = 7;

    /** 8 bytes. */
    public static final int UMA_ALIGN_PTR = 7;

    /** A cache line, 64 bytes. */
    public static final int UMA_ALIGN_CACHE = -1;

    private ZoneFlags() {}
}
