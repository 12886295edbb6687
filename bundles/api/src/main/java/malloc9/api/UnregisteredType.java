package malloc9.api;

/** A request under a type that is not registered: its bundle has stopped, was updated, or never declared it. */
public final class UnregisteredType extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /** @param message names the type and its bundle */
    public UnregisteredType(String message) {
        super(message);
    }
}
