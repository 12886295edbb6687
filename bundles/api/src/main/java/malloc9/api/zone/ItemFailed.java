package malloc9.api.zone;

/** A constructor or an init refused an item of a request with {@code M_WAITOK}; the item went back. */
public final class ItemFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    /** @param message names the zone, the callback and the errno */
    public ItemFailed(String message, int errno) {
        super(message);
        this.errno = errno;
    }

    /** What the callback returned. */
    public int errno() {
        return errno;
    }
}
