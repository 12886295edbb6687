package dev.malloc9.api.zone;

/** The error of a call to a zone that was destroyed, or whose bundle or kernel has stopped. */
public final class ZoneDestroyed extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception for a zone that has ended.
     *
     * @param message the text, which names the zone, its bundle and the reason
     */
    public ZoneDestroyed(String message) {
        super(message);
    }
}
