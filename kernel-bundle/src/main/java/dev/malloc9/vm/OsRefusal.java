package dev.malloc9.vm;

/**
 * An exception for a call that the kernel needs and the OS refuses, or for a page size that the kernel cannot work with. The refused call
 * has changed nothing.
 */
public final class OsRefusal extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the refused call and the reason
     */
    public OsRefusal(String message) {
        super(message);
    }

    OsRefusal(String message, Throwable cause) {
        super(message, cause);
    }
}
