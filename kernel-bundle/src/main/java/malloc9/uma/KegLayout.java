package malloc9.uma;

import static malloc9.api.zone.ZoneFlags.UMA_ZONE_CACHESPREAD;

/**
 * A keg layout is how FreeBSD would cut a slab of OS pages into items (keg_small_init, keg_large_init,
 * keg_cachespread_init).
 *
 * <p>Our slabs are longer, and have nothing but items in them. What a driver can see of the layout is kept all the
 * same: a limit is rounded to whole slabs of {@code ipers} items, and {@code rsize} is where the next item starts when items
 * are spread over cache lines.
 *
 * @param rsize bytes from one item to the next
 * @param ipers items of a slab
 * @param ppera pages of a slab
 * @param offPage whether the slab's header lies outside
 */
record KegLayout(long rsize, int ipers, int ppera, boolean offPage) {

    /** Most items of a bucket. */
    static final int BUCKET_MAX = 128;

    /** The size of BSD's slabs on machines with pages of 4 KiB, whatever the page size here. */
    static final int SLAB_BYTES = 4096;

    private static final int HEADER_BYTES = 56;

    /** What a slab of several items spends on the list of its free ones, each. */
    private static final int FREE_ITEM_BYTES = 8;

    private static final int SMALLEST_UNIT = SLAB_BYTES / 256;
    private static final int MAX_WASTE = SLAB_BYTES / 10;
    private static final int SPREAD_PAGES_MAX = (128 << 10) / SLAB_BYTES;

    /** @param align mask */
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

    /** The bucket size that a zone starts with. */
    int initialBucket() {
        return Math.min(ipers, BUCKET_MAX);
    }

    /** A limit, rounded up to whole slabs. */
    long roundUpToSlabs(long items) {
        return Math.ceilDiv(items, ipers) * ipers;
    }

    private static KegLayout small(long rsize) {
        int ipers = (int) ((SLAB_BYTES - HEADER_BYTES) / (rsize + FREE_ITEM_BYTES));
        long waste = SLAB_BYTES - (ipers * (rsize + FREE_ITEM_BYTES) + HEADER_BYTES);
        boolean offPage = waste >= MAX_WASTE && ipers < SLAB_BYTES / rsize;
        return new KegLayout(rsize, offPage ? (int) (SLAB_BYTES / rsize) : ipers, 1, offPage);
    }

    private static KegLayout large(long size) {
        return new KegLayout(size, 1, (int) Math.ceilDiv(size, SLAB_BYTES), true);
    }

    private static KegLayout spread(long size, int align) {
        long line = align + 1L;
        long rsize = spreadBytes(size, align);
        long pages = Math.min(rsize * (SLAB_BYTES / line) / SLAB_BYTES, SPREAD_PAGES_MAX);
        return new KegLayout(rsize, (int) ((pages * SLAB_BYTES + (rsize - size)) / rsize), (int) pages, true);
    }

    /** The size as an odd number of lines, so that successive items start on each of them in turn. */
    static long spreadBytes(long size, int align) {
        long line = align + 1L;
        long rsize = roundUp(size, line);
        return (rsize & line) == 0 ? rsize + line : rsize;
    }

    private static long roundUp(long bytes, long to) {
        return Math.ceilDiv(bytes, to) * to;
    }
}
