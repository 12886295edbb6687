package malloc9.vm;

/**
 * The size of an OS page: 4 KiB on most machines, 16 or 64 KiB on some.
 *
 * <p>The system property {@link #PROPERTY} makes the kernel work with larger pages than the OS has, for tests.
 */
final class OsPage {

    /** The name of the property: a page size in bytes. */
    static final String PROPERTY = "malloc9.page_size";

    /** The smallest and the largest size: a unit of the kernel map consists of whole pages. */
    private static final int LEAST = 4096;

    private static final int MOST = KernelMap.UNIT;

    private OsPage() {}

    /**
     * Returns the size in bytes.
     *
     * @throws OsRefusal if the kernel cannot work with such pages
     */
    static int bytes() {
        return choose(Libc.pageSize(), Integer.getInteger(PROPERTY, 0));
    }

    /**
     * Returns the page size that the kernel works with.
     *
     * @param ofOs the size of the OS; 0 if it is unknown
     * @param asked the size that the property asks for; 0 for none
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
