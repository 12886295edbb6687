package malloc9.api.zone;

/** The caller was interrupted while it waited at a zone's limit; its interrupt status is still set. */
public final class ZoneWaitInterrupted extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message names the zone and its limit */
    public ZoneWaitInterrupted(String message) {
        super(message);
    }
}
