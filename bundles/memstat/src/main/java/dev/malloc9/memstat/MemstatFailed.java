package dev.malloc9.memstat;

/** An exception for statistics that could not be read. The message is {@link MemstatError#strerror()}, and no list has changed. */
public final class MemstatFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final MemstatError error;
    private final String detail;

    MemstatFailed(MemstatError error, String detail) {
        super(error.strerror());
        this.error = error;
        this.detail = detail;
    }

    MemstatFailed(MemstatError error, KnobFailed cause) {
        super(error.strerror(), cause);
        this.error = error;
        this.detail = String.valueOf(cause.getMessage());
    }

    /** {@return the reason} */
    public MemstatError error() {
        return error;
    }

    /**
     * {@return the exact error, with the wrong value if there is one} For a knob that could not be read, it is the message of the cause.
     */
    public String detail() {
        return detail;
    }
}
