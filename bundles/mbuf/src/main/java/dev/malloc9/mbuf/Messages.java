package dev.malloc9.mbuf;

import dev.malloc9.mbuf.InvalidMbuf.Reason;

/** The messages of this package's exceptions. */
final class Messages {

    static final String DETACHED = "mbuf: the system of mbufs was detached";

    static final String NO_MBUF = "mbuf: a request that waits came back without memory";

    private Messages() {}

    static InvalidMbuf freed(String function) {
        return new InvalidMbuf(Reason.FREED, function + ": the mbuf was freed before");
    }

    static InvalidMbuf offset(String function, int offset, int length) {
        return new InvalidMbuf(
                Reason.OFFSET, function + ": offset " + offset + " is not in the " + length + " bytes of the chain");
    }

    static InvalidMbuf length(String function, int length, int most) {
        return new InvalidMbuf(Reason.LENGTH, function + ": length " + length + " is not 0 to " + most);
    }

    static InvalidMbuf trim(int bytes, int length) {
        return new InvalidMbuf(
                Reason.LENGTH,
                "m_adj: " + Math.abs((long) bytes) + " bytes cannot be trimmed from the "
                        + (bytes < 0 ? "tail" : "head") + " of " + length);
    }

    static InvalidMbuf noHeader(String function) {
        return new InvalidMbuf(Reason.NO_HEADER, function + ": the mbuf has no packet header");
    }

    static InvalidMbuf readOnly(String function, long references) {
        return new InvalidMbuf(
                Reason.READ_ONLY,
                function + ": the data are read-only"
                        + (references > 1 ? ", " + references + " mbufs share them" : ""));
    }

    static InvalidMbuf size(String function, long size) {
        return new InvalidMbuf(Reason.SIZE, function + ": unknown cluster size " + size);
    }

    static InvalidMbuf attached(String function) {
        return new InvalidMbuf(Reason.ATTACHED, function + ": the mbuf has data already");
    }

    static InvalidMbuf type(String function, int type) {
        return new InvalidMbuf(Reason.TYPE, function + ": type " + type + " is not 0 to " + Short.MAX_VALUE);
    }

    static InvalidMbuf viewed(String function) {
        return new InvalidMbuf(Reason.IN_USE, function + ": a native call uses a view of the mbuf's data");
    }

    static InvalidMbuf foreign(String function) {
        return new InvalidMbuf(Reason.FOREIGN, function + ": the mbuf is another system's");
    }

    static InvalidMbuf heap(String function, long bytes) {
        return new InvalidMbuf(Reason.FOREIGN, function + ": a segment of " + bytes + " bytes is not native memory");
    }

    static InvalidMbuf how(String function, long how) {
        return new InvalidMbuf(
                Reason.FLAGS, function + ": 0x" + Long.toHexString(how) + " is neither M_NOWAIT nor M_WAITOK");
    }

    static InvalidMbuf cycle(String function) {
        return new InvalidMbuf(Reason.CYCLE, function + ": the mbuf is in the chain already");
    }

    /** @param problem the error with a separator at its end; empty if the usage line is sufficient */
    static NetstatFailed usage(String problem, String usage) {
        return new NetstatFailed(problem + "usage: " + usage);
    }

    static String onlyRaised(long limit) {
        return "it can only be raised, above " + limit;
    }
}
