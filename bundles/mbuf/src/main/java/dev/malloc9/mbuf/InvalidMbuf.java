package dev.malloc9.mbuf;

/** An exception for an invalid call on mbufs. The message names the function and, if there is one, the wrong value. No mbuf was changed. */
public final class InvalidMbuf extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The error. */
    public enum Reason {
        /** The mbuf was freed before. */
        FREED,
        /** An offset is negative or beyond the end, or an index is not below the length. */
        OFFSET,
        /** A length is negative, or exceeds the data, the room or a fixed limit. */
        LENGTH,
        /** The mbuf has no packet header. */
        NO_HEADER,
        /** The data are shared or read-only. */
        READ_ONLY,
        /** There are no clusters of this size, or external memory exceeds {@link Integer#MAX_VALUE} bytes. */
        SIZE,
        /** The mbuf already has data or external storage. */
        ATTACHED,
        /** The MT_ type of a new mbuf is not 0 to 32,767. */
        TYPE,
        /** A native call uses a view of the mbuf's own memory, so that no storage can be attached. */
        IN_USE,
        /** The mbuf belongs to another service, or the memory is not native. */
        FOREIGN,
        /** The wait flag is neither M_NOWAIT nor M_WAITOK, or an {@code int} flag is not M_WAITOK. */
        FLAGS,
        /** Two chains have an mbuf in common, so that joining them would make a cycle. */
        CYCLE
    }

    private final Reason reason;

    InvalidMbuf(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /** {@return the error} */
    public Reason reason() {
        return reason;
    }
}
