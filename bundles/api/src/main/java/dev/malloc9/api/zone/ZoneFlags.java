package dev.malloc9.api.zone;

/**
 * The flags and alignments of zones, with FreeBSD's names and values (uma.h). Alignments are masks: the alignment in bytes less 1, except
 * {@link #UMA_ALIGN_CACHE}.
 */
public final class ZoneFlags {

    /**
     * The flag of a zone whose items read as zero when their slab is new. The driver must free them zeroed. {@code zcreate} refuses it
     * together with an init.
     */
    public static final int UMA_ZONE_ZINIT = 0x0002;

    /**
     * The flag of a zone whose slabs are not released while the zone exists. The memory of a freed item is reused for items of this zone
     * only. The content of a free item may become zero, unless the zone has an init or reference counts.
     */
    public static final int UMA_ZONE_NOFREE = 0x0020;

    /** The flag of a zone whose items have a reference count ({@link Zone#findRefcnt}). */
    public static final int UMA_ZONE_REFCNT = 0x0400;

    /** The flag of a zone whose buckets for the CPUs' caches always have their full size. A secondary zone does not inherit the flag. */
    public static final int UMA_ZONE_MAXBUCKET = 0x0800;

    /**
     * The flag of a zone whose successive items start at each multiple of the alignment within 4 KiB in turn. With {@link
     * #UMA_ALIGN_CACHE}, these multiples are the cache lines. The size is at most 64 KiB, and the alignment mask at most 4095.
     */
    public static final int UMA_ZONE_CACHESPREAD = 0x1000;

    /** The flag of a zone whose slabs are found by address. It has no effect: this holds for every zone. */
    public static final int UMA_ZONE_VTOSLAB = 0x2000;

    /** The alignment mask for any address. Every item is aligned to at least 16 bytes, with each mask. */
    public static final int UMA_ALIGN_CHAR = 0;

    /** The alignment mask for 2 bytes. */
    public static final int UMA_ALIGN_SHORT = 1;

    /** The alignment mask for 4 bytes. */
    public static final int UMA_ALIGN_INT = 3;

    /** The alignment mask for 8 bytes. */
    public static final int UMA_ALIGN_LONG = 7;

    /** The alignment mask for 8 bytes. */
    public static final int UMA_ALIGN_PTR = 7;

    /** The special value for the alignment to a cache line, 64 bytes. */
    public static final int UMA_ALIGN_CACHE = -1;

    private ZoneFlags() {}
}
