package dev.malloc9.mbuf;

/** An exception for an invalid call of {@code netstat}. */
public final class NetstatFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NetstatFailed(String message) {
        super(message);
    }

    /** Returns the message alone, which the prompt prints. */
    @Override
    @SuppressWarnings(
            "OverrideThrowableToString") // the prompt prints toString(), and a class name does not help an operator
    public String toString() {
        return String.valueOf(getMessage());
    }
}
