package dev.malloc9.uma;

import static dev.malloc9.api.zone.ZoneFlags.UMA_ZONE_CACHESPREAD;

/**
 * The layout of items in a slab as FreeBSD computes it for pages of 4 KiB (keg_small_init, keg_large_init, keg_cachespread_init).
 *
 * <p>The slabs of malloc9 are longer, and contain nothing but items. The parts of the layout that a driver can observe are kept
 * nevertheless. A limit is rounded up to whole slabs of {@code ipers} items. If items are spread over cache lines, the next item starts
 * {@code rsize} bytes after the previous one.
 *
 * @param rsize the distance in bytes from one item to the next
 * @param ipers the number of items of a slab
 */
record KegLayout(long rsize, int ipers) {

    /** The bytes of BSD's slabs on machines with pages of 4 KiB. The page size of this machine has no influence. */
    static final int SLAB_BYTES = 4096;

    /** The bytes of the header of a slab. */
    private static final int HEADER_BYTES = 56;

    /** The bytes that a slab of several items needs for each item in the list of free items. */
    private static final int FREE_ITEM_BYTES = 8;

    private static final int SMALLEST_UNIT = SLAB_BYTES / 256;
    private static final int MAX_WASTE = SLAB_BYTES / 10;
    private static final int SPREAD_PAGES_MAX = (128 << 10) / SLAB_BYTES;

    /**
     * Computes the layout for items of a size.
     *
     * @param size the size of an item in bytes, as asked for
     * @param align the alignment as a mask: the alignment in bytes minus 1
     * @param flags the flags of the zone; only UMA_ZONE_CACHESPREAD has an effect
     */
    static KegLayout of(long size, int align, int flags) {
        if ((flags & UMA_ZONE_CACHESPREAD) != 0) {
            return spread(size, align);
        }
        long rsize = roundUp(Math.max(size, SMALLEST_UNIT), align + 1L);
        if (size + FREE_ITEM_BYTES > SLAB_BYTES - HEADER_BYTES) {
            return large(size);
        }
        return rsize > SLAB_BYTES ? large(rsize) : small(rsize);
    }

    /** Returns a limit in items, rounded up to whole slabs. */
    long roundUpToSlabs(long items) {
        return Math.ceilDiv(items, ipers) * ipers;
    }

    /**
     * Computes the layout of a slab of one page with several items. The header is moved off the page if it wastes too much and this makes
     * room for another item.
     */
    private static KegLayout small(long rsize) {
        int ipers = (int) ((SLAB_BYTES - HEADER_BYTES) / (rsize + FREE_ITEM_BYTES));
        long waste = SLAB_BYTES - (ipers * (rsize + FREE_ITEM_BYTES) + HEADER_BYTES);
        boolean offPage = waste >= MAX_WASTE && ipers < SLAB_BYTES / rsize;
        return new KegLayout(rsize, offPage ? (int) (SLAB_BYTES / rsize) : ipers);
    }

    /** Computes the layout of a slab with one item. */
    private static KegLayout large(long size) {
        return new KegLayout(size, 1);
    }

    /** Computes the layout of a slab whose items start on different cache lines. */
    private static KegLayout spread(long size, int align) {
        long line = align + 1L;
        long rsize = spreadBytes(size, align);
        long pages = Math.min(rsize * (SLAB_BYTES / line) / SLAB_BYTES, SPREAD_PAGES_MAX);
        return new KegLayout(rsize, (int) ((pages * SLAB_BYTES + (rsize - size)) / rsize));
    }

    /**
     * Returns the size, rounded up to an odd number of lines, so that successive items start on each line of a page in turn.
     *
     * @param align the length of a line in bytes minus 1
     */
    static long spreadBytes(long size, int align) {
        long line = align + 1L;
        long rsize = roundUp(size, line);
        return (rsize & line) == 0 ? rsize + line : rsize;
    }

    private static long roundUp(long bytes, long to) {
        return Math.ceilDiv(bytes, to) * to;
    }
}
