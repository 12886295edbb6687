package dev.malloc9.vm;

/**
 * The size of an OS page: 4 KiB on most machines, 16 or 64 KiB on some.
 *
 * <p>For tests, the system property {@link #PROPERTY} makes the kernel work with larger pages than the OS has.
 */
final class OsPage {

    /** The name of the property, whose value is a page size in bytes. A value that is not a number is ignored. */
    static final String PROPERTY = "malloc9.page_size";

    /** The smallest supported size in bytes. The largest is a unit of the kernel map, because a unit consists of whole pages. */
    private static final int LEAST = 4096;

    private static final int MOST = KernelMap.UNIT;

    private OsPage() {}

    /**
     * Returns the size in bytes.
     *
     * @throws OsRefusal if the kernel cannot work with pages of this size
     */
    static int bytes() {
        return choose(Libc.pageSize(), Integer.getInteger(PROPERTY, 0));
    }

    /**
     * Returns the page size that the kernel works with.
     *
     * @param ofOs the page size of the OS in bytes; 0 if it is unknown, which means 4 KiB
     * @param asked the size in bytes that the property requests; 0 for none
     * @throws OsRefusal if the size is not a power of two, exceeds a unit, or is smaller than 4 KiB or the page size of the OS
     */
    static int choose(int ofOs, int asked) {
        int least = Math.max(ofOs, LEAST);
        int bytes = asked == 0 ? least : asked;
        if (bytes < least || bytes > MOST || Integer.bitCount(bytes) != 1) {
            throw new OsRefusal(Messages.pageSize(bytes, least, MOST));
        }
        return bytes;
    }
}
