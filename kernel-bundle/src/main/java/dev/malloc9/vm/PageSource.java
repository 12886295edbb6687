package dev.malloc9.vm;

import java.lang.foreign.MemorySegment;

/**
 * A page source: reserves one range of address space and backs it with OS pages on first touch.
 *
 * <p>The range is aligned to {@link #SUPERPAGE} and reads as zero until it is written. Directly after it lies its shadow, half as large,
 * for data about the range. Any number of threads may use a source. No other thread may use a part while the part is purged.
 */
public interface PageSource {

    /** The size of an OS page in bytes, the unit in which large blocks are accounted (PAGE_SIZE). The JIT treats it as a constant. */
    int PAGE = OsPage.bytes();

    /** The size of a superpage in bytes, to which the range is aligned. */
    int SUPERPAGE = 2 << 20;

    /** Returns the address of the first byte of the range. */
    long base();

    /** Returns the size of the range in bytes, a multiple of {@link #SUPERPAGE}. */
    long size();

    /**
     * Returns the shadow: the {@link #shadowBytes} bytes after the range. An access after {@link #close()} throws
     * {@link IllegalStateException}.
     */
    MemorySegment shadow();

    /**
     * Makes a part of the range, or of its shadow, read as zero. The memory returns to the OS if the source and the OS support that.
     *
     * @param offset the offset in bytes from the start of the range, a multiple of an OS page; the shadow begins at {@link #size()}
     * @param bytes the size of the part in bytes, a multiple of an OS page
     */
    void purge(long offset, long bytes);

    /**
     * Excludes a part of the range from core dumps, or includes it again. A source that does not support this does nothing.
     *
     * @param offset the offset in bytes, a multiple of an OS page
     * @param bytes the size in bytes, a multiple of an OS page
     * @param dumped true to include the part, false to exclude it
     */
    default void dump(long offset, long bytes, boolean dumped) {}

    /** Ends the reservation. No address of the range or its shadow may be accessed afterwards. The method is called once. */
    void close();

    /**
     * Reserves a range of the given size in bytes, rounded up to a multiple of a superpage. If the OS refuses anonymous memory of
     * that size, half of it is tried, down to one superpage.
     *
     * @throws OsRefusal if the OS refuses one superpage; without anonymous memory, if the OS refuses the requested size
     */
    static PageSource reserve(long bytes) {
        return Libc.hasAnonymousMemory() ? AnonymousPages.reserve(bytes) : FilePages.reserve(bytes);
    }

    /**
     * Returns the size of the shadow of a range in bytes.
     *
     * @param size the size of the range in bytes
     */
    static long shadowBytes(long size) {
        return size / 2;
    }

    /** Returns the smallest multiple of a power of two that is not less than the value. */
    static long roundUp(long value, long powerOfTwo) {
        return (value + powerOfTwo - 1) & -powerOfTwo;
    }
}
