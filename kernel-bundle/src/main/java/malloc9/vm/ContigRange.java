package malloc9.vm;

/**
 * Where a contiguous block may lie: the constraints of contigmalloc, for "physical" addresses, which are offsets in the
 * kernel map.
 *
 * <p>A block of {@code n} bytes at {@code start} obeys them if
 * <pre>
 *   start >= low                                       addresses are unsigned: a high of -1 is none
 *   start + n <= high
 *   (start &amp; (alignment - 1)) == 0                     0 and up to an OS page mean an OS page
 *   ((start ^ (start + n - 1)) &amp; -boundary) == 0       it crosses no multiple of boundary; 0 means none
 * </pre>
 *
 * @param low the lowest address
 * @param high the address behind the highest
 * @param alignment 0 or a power of two
 * @param boundary 0 or a power of two
 */
public record ContigRange(long low, long high, long alignment, long boundary) {

    /**
     * The highest place for a block of whole OS pages in a hole, so that the low addresses are spared for those who need
     * them.
     *
     * @param from where the hole begins, not negative
     * @param to where it ends, less than 2^62
     * @return where the block starts, or -1 if it does not fit
     */
    public long highest(long from, long to, long bytes) {
        if (Long.compareUnsigned(low, to) >= 0 || (boundary != 0 && Long.compareUnsigned(bytes, boundary) > 0)) {
            return -1;
        }
        long lowest = Math.max(from, low);
        long end = Long.compareUnsigned(high, to) < 0 ? high : to;
        long start = alignedDown(end - bytes);
        if (start >= 0 && ((start ^ (start + bytes - 1)) & -boundary) != 0) {
            // It ends at the boundary that it crossed instead; aligned blocks cross no second one.
            start = alignedDown(((start + bytes - 1) & -boundary) - bytes);
        }
        return start >= lowest ? start : -1;
    }

    private long alignedDown(long start) {
        return start < 0 ? -1 : start & (alignment == 0 ? -1 : -alignment) & -PageSource.PAGE;
    }
}
