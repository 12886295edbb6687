package dev.malloc9.api;

/**
 * The error of a request under a type that is not registered: its bundle has stopped, was updated or refused, or never declared the type,
 * or the kernel has stopped.
 */
public final class UnregisteredType extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception for a type that is not registered.
     *
     * @param message the text, which names the function and the reason; the type too, unless the kernel has stopped
     */
    public UnregisteredType(String message) {
        super(message);
    }
}
