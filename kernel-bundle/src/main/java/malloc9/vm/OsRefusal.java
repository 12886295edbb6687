package malloc9.vm;

/** The OS refused a call that the kernel cannot do without; nothing was changed. */
public final class OsRefusal extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /** What was refused, and why. */
    public OsRefusal(String message) {
        super(message);
    }

    OsRefusal(String message, Throwable cause) {
        super(message, cause);
    }
}
