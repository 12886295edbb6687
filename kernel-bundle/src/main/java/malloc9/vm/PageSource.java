package malloc9.vm;

import java.lang.foreign.MemorySegment;

/**
 * A page source reserves one range of address space and backs it with OS pages at the first touch.
 *
 * <p>The range is aligned to {@link #SUPERPAGE} and reads as zero until it is written. Behind it lies its shadow, half as large, for what
 * is to be known of the range. A source may be used by any number of threads, each on its own pages.
 */
public interface PageSource {

    /** The size of an OS page in bytes, the unit in which large blocks are accounted (PAGE_SIZE); a constant to the JIT. */
    int PAGE = OsPage.bytes();

    /** Bytes of a superpage, to which the range is aligned. */
    int SUPERPAGE = 2 << 20;

    /** Where the range begins. */
    long base();

    /** Its bytes, a multiple of {@link #SUPERPAGE}. */
    long size();

    /** The {@link #shadowBytes} behind the range; ends with it. */
    MemorySegment shadow();

    /** Gives the memory behind a part of the range, or of its shadow, back to the OS; it reads as zero afterwards. */
    void purge(long offset, long bytes);

    /**
     * Keeps a part of the range out of core dumps, or lets it in again; a source that cannot does nothing.
     *
     * @param offset a multiple of an OS page, as {@code bytes}
     */
    default void dump(long offset, long bytes, boolean dumped) {}

    /** Ends the reservation: no address of the range or its shadow may be touched any more. */
    void close();

    /**
     * Reserves a range of the given size, or what the OS grants of it, halving down to one superpage.
     *
     * @throws OsRefusal if not even that can be had
     */
    static PageSource reserve(long bytes) {
        return Libc.hasAnonymousMemory() ? AnonymousPages.reserve(bytes) : FilePages.reserve(bytes);
    }

    /** Bytes of the shadow of a range. */
    static long shadowBytes(long size) {
        return size / 2;
    }

    /** The next multiple of a power of two. */
    static long roundUp(long value, long powerOfTwo) {
        return (value + powerOfTwo - 1) & -powerOfTwo;
    }
}
