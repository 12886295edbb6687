package dev.malloc9.api;

/**
 * The error of a request with {@code M_WAITOK} whose thread was interrupted while it waited for memory or at a limit. Nothing was
 * allocated. The thread's interrupt status is set.
 */
public final class InterruptedRequest extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception for an interrupted request.
     *
     * @param message the text, which names the request and its size in bytes
     */
    public InterruptedRequest(String message) {
        super(message);
    }
}
