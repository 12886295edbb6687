package dev.malloc9.mbuf;

/** Checks the arguments of operations on chains before an operation changes anything. */
final class ChainChecks {

    private ChainChecks() {}

    /**
     * Returns the number of bytes of data in a chain. Checks that each mbuf is live and belongs to the given service.
     *
     * @throws ArithmeticException if the chain has more than {@link Integer#MAX_VALUE} bytes
     */
    static int length(Mbufs mbufs, Mbuf chain, String function) {
        long length = 0;
        for (Mbuf mbuf = chain; mbuf != null; mbuf = mbuf.next) {
            mbufs.requireOwn(mbuf, function);
            mbuf.live(function);
            length += mbuf.length;
        }
        return Math.toIntExact(length);
    }

    static Mbuf last(Mbuf chain) {
        Mbuf last = chain;
        while (last.next != null) {
            last = last.next;
        }
        return last;
    }

    static void requireRange(String function, int offset, int length, int all) {
        if (offset < 0 || offset > all) {
            throw Messages.offset(function, offset, all);
        }
        if (length < 0 || length > all - offset) {
            throw Messages.length(function, length, all - offset);
        }
    }

    /** Throws READ_ONLY if the range overlaps data that are shared or read-only. An empty range inside an mbuf overlaps it. */
    static void requireWritable(Mbuf chain, int offset, int length, String function) {
        long start = 0;
        for (Mbuf mbuf = chain; mbuf != null; mbuf = mbuf.next) {
            long end = start + mbuf.length;
            if (start < (long) offset + length && end > offset && !mbuf.isWritable()) {
                throw Messages.readOnly(function, mbuf.references());
            }
            start = end;
        }
    }
}
