package malloc9.api;

/** A request that cannot be meant: a negative or impossible size, no type, another kernel's type, unknown flags. */
public final class InvalidRequest extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** @param message names the thing and the value */
    public InvalidRequest(String message) {
        super(message);
    }
}
