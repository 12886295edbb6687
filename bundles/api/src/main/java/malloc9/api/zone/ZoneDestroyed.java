package malloc9.api.zone;

/** A call to a zone that was destroyed, or whose bundle or kernel has stopped. */
public final class ZoneDestroyed extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /** @param message names the zone, its bundle, and what happened */
    public ZoneDestroyed(String message) {
        super(message);
    }
}
