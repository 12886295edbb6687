package dev.malloc9.api.zone;

/**
 * The error of a request with {@code M_WAITOK}, or of a {@code prealloc}, whose item was refused by a constructor or an init. The item is
 * free again.
 */
public final class ItemFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    /**
     * Creates an exception for a refused item.
     *
     * @param message the text, which names the zone, the callback and the errno
     * @param errno the number that the callback returned; not 0
     */
    public ItemFailed(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** {@return the number that the callback returned} */
    public int errno() {
        return errno;
    }
}
