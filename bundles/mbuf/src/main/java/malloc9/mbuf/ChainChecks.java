package malloc9.mbuf;

/** What operations on chains look at before they change anything. */
final class ChainChecks {

    private ChainChecks() {}

    /** Bytes of data in a chain of live mbufs of that system. */
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
