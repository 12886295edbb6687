package dev.malloc9.memstat;

/** An exception for a knob that could not be read. */
public final class KnobFailed extends Exception {

    private static final long serialVersionUID = 1L;

    /** The error numbers that lead to different results. */
    public enum Errno {
        /** The value did not fit into the room. */
        ENOMEM,
        /** The reader lacks a privilege. */
        EPERM,
        /** The reader lacks a permission. */
        EACCES,
        /** Any other error. */
        OTHER
    }

    private final Errno errno;

    /**
     * Creates an exception.
     *
     * @param errno the error number
     * @param message the text, which names the knob
     */
    public KnobFailed(Errno errno, String message) {
        super(message);
        this.errno = errno;
    }

    /** {@return the error number} */
    public Errno errno() {
        return errno;
    }
}
