package dev.malloc9.api.zone;

/**
 * The error of a request with {@code M_WAITOK} whose thread was interrupted while it waited at a zone's limit. The thread's interrupt
 * status is set.
 */
public final class ZoneWaitInterrupted extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception for an interrupted wait.
     *
     * @param message the text, which names the zone and its limit
     */
    public ZoneWaitInterrupted(String message) {
        super(message);
    }
}
