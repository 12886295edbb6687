package malloc9.mbuf;

/** A call of {@code netstat} that makes no sense. */
public final class NetstatFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NetstatFailed(String message) {
        super(message);
    }

    /** The message alone, which is what the prompt prints. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // a class name tells an operator nothing
    public String toString() {
        return String.valueOf(getMessage());
    }
}
