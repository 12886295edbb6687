package malloc9.api;

/**
 * A request with {@code M_WAITOK} whose thread was interrupted while it waited for memory; it got none. The thread's
 * interrupt flag is set.
 */
public final class InterruptedRequest extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message names the request, in bytes */
    public InterruptedRequest(String message) {
        super(message);
    }
}
