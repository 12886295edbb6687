package malloc9.mbuf;

/** A call on mbufs that makes no sense; the text names the thing and the value, and nothing was changed. */
public final class InvalidMbuf extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Reason {
        /** The mbuf was freed before. */
        FREED,
        /** An offset before the start or behind the end. */
        OFFSET,
        /** A length below 0 or beyond what there is or fits. */
        LENGTH,
        /** There is no packet header. */
        NO_HEADER,
        /** The data are shared or read-only. */
        READ_ONLY,
        /** No such size of cluster. */
        SIZE,
        /** The mbuf has data already. */
        ATTACHED,
        /** No type of mbuf. */
        TYPE,
        /** A native call uses a view. */
        IN_USE,
        /** It is another system's, or no native memory. */
        FOREIGN,
        /** Neither M_NOWAIT nor M_WAITOK. */
        FLAGS,
        /** The chain runs into itself, or has the mbuf already. */
        CYCLE
    }

    private final Reason reason;

    InvalidMbuf(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** What is wrong. */
    public Reason reason() {
        return reason;
    }
}
