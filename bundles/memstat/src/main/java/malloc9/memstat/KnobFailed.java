package malloc9.memstat;

/** A knob could not be read. */
public final class KnobFailed extends Exception {

    private static final long serialVersionUID = 1L;

    /** The error numbers that make a difference. */
    public enum Errno {
        /** The value did not fit. */
        ENOMEM,
        /** The reader lacks a privilege. */
        EPERM,
        /** The reader lacks a permission. */
        EACCES,
        /** Any other. */
        OTHER
    }

    private final Errno errno;

    /**
     * A failure.
     *
     * @param message names the knob
     */
    public KnobFailed(Errno errno, String message) {
        super(message);
        this.errno = errno;
    }

    /** Why. */
    public Errno errno() {
        return errno;
    }
}
