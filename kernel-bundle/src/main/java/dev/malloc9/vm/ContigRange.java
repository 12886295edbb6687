package dev.malloc9.vm;

/**
 * The constraints of contigmalloc on the place of a contiguous block. They apply to "physical" addresses, which are offsets in the kernel
 * map.
 *
 * <p>A block of {@code n} bytes at {@code start} satisfies them if
 * <pre>
 *   start >= low                                       addresses are unsigned: a high of -1 is no limit
 *   start + n <= high
 *   (start &amp; (alignment - 1)) == 0                     0 up to an OS page means an OS page
 *   ((start ^ (start + n - 1)) &amp; -boundary) == 0       the block crosses no multiple of boundary; 0 means no boundary
 * </pre>
 *
 * @param low the lowest address
 * @param high the address after the highest
 * @param alignment the alignment in bytes, a power of two; 0 for an OS page
 * @param boundary the distance in bytes of the addresses that the block must not cross, a power of two; 0 for none
 */
public record ContigRange(long low, long high, long alignment, long boundary) {

    /**
     * Returns the highest place for a block of whole OS pages in a hole. The low addresses are left to requests that need them.
     *
     * @param from the start of the hole, not negative
     * @param to the end of the hole, less than 2^62
     * @param bytes the size of the block in bytes, a multiple of an OS page
     * @return the start of the block, or -1 if it does not fit
     */
    public long highest(long from, long to, long bytes) {
        if (Long.compareUnsigned(low, to) >= 0 || (boundary != 0 && Long.compareUnsigned(bytes, boundary) > 0)) {
            return -1;
        }
        long lowest = Math.max(from, low);
        long end = Long.compareUnsigned(high, to) < 0 ? high : to;
        long start = alignedDown(end - bytes);
        if (start >= 0 && ((start ^ (start + bytes - 1)) & -boundary) != 0) {
            // Move the block down, so that it ends at the boundary that it crossed. It cannot cross a second one,
            // because it is aligned.
            start = alignedDown(((start + bytes - 1) & -boundary) - bytes);
        }
        return start >= lowest ? start : -1;
    }

    /** Returns the largest aligned offset up to the given one; -1 if that is negative. */
    private long alignedDown(long start) {
        return start < 0 ? -1 : start & (alignment == 0 ? -1 : -alignment) & -PageSource.PAGE;
    }
}
