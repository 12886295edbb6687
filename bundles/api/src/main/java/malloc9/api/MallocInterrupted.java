package malloc9.api;

/**
 * A request with {@code M_WAITOK} whose thread was interrupted while it waited for memory; nothing was allocated, and the
 * thread's interrupt status is set.
 */
public final class MallocInterrupted extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message names the request and what it waited for */
    public MallocInterrupted(String message) {
        super(message);
    }
}
