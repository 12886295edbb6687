package dev.malloc9.api.sysctl;

/** The reason why a knob cannot be read or written, with FreeBSD's numbers and texts (errno(2)). */
public enum Errno {
    /** A write to a read-only knob. */
    EPERM(1, "Operation not permitted"),
    /** No knob has that name. */
    ENOENT(2, "No such file or directory"),
    /** The buffer is too short; it has been filled. */
    ENOMEM(12, "Cannot allocate memory"),
    /** The resource is in use. */
    EBUSY(16, "Device busy"),
    /** The name continues below a leaf. */
    ENOTDIR(20, "Not a directory"),
    /** The name is that of an inner node. */
    EISDIR(21, "Is a directory"),
    /**
     * The new value is too short, too long, not a number, out of range, or refused by the knob. Errors without a constant of their own are
     * reported as this one.
     */
    EINVAL(22, "Invalid argument");

    private final int number;
    private final String text;

    Errno(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /** {@return FreeBSD's number} */
    public int number() {
        return number;
    }

    /** {@return FreeBSD's text (strerror(3))} */
    public String text() {
        return text;
    }
}
