package dev.malloc9.mbuf;

import static dev.malloc9.mbuf.MbufFlags.M_COPYALL;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static dev.malloc9.mbuf.Mbufs.requireHow;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The operations that copy chains, with shared or with copied external storage. {@link Chains} describes each of them. */
final class ChainCopies {

    private final Mbufs mbufs;
    private final Tags tags;
    private final ChainData data;
    private final LongAdder failures = new LongAdder();

    ChainCopies(Mbufs mbufs, Tags tags, ChainData data) {
        this.mbufs = mbufs;
        this.tags = tags;
        this.data = data;
    }

    /** Returns the number of calls of m_copym, m_dup and m_defrag that failed because there was no memory. */
    long failures() {
        return failures.sum();
    }

    @Nullable
    Mbuf copym(Mbuf chain, int offset, int length, long how) {
        requireHow(how, "m_copym");
        int all = ChainChecks.length(mbufs, chain, "m_copym");
        int wanted = length == M_COPYALL ? all - offset : length;
        ChainChecks.requireRange("m_copym", offset, wanted, all);
        boolean header = offset == 0 && chain.has(M_PKTHDR);
        try (ChainBuilder copies = new ChainBuilder(mbufs)) {
            int skip = offset;
            int left = wanted;
            for (Mbuf from = chain; from != null && (left > 0 || copies.isEmpty()); from = from.next) {
                if (skip >= from.length && skip > 0) {
                    skip -= from.length;
                    continue;
                }
                int count = Math.min(left, from.length - skip);
                Mbuf copy = header && copies.isEmpty() ? headed(chain, how) : mbufs.get(how, from.type());
                if (copy == null || !copies.add(copy)) {
                    return failed();
                }
                fill(copy, from, skip, count);
                left -= count;
                skip = 0;
            }
            if (copies.isEmpty() && !copies.add(mbufs.get(how, chain.type()))) {
                return failed();
            }
            Mbuf first = copies.take();
            if (header) {
                first.packetLength = length == M_COPYALL ? chain.packetLength : wanted;
            }
            return first;
        }
    }

    @Nullable
    Mbuf dup(Mbuf packet, long how) {
        requireHow(how, "m_dup");
        int all = ChainChecks.length(mbufs, packet, "m_dup");
        packet.header("m_dup");
        try (ChainBuilder room = new ChainBuilder(mbufs)) {
            if (!room.addRoom(all, true, packet.type(), how)) {
                return failed();
            }
            Mbuf first = room.first();
            first.copyHeader(packet);
            if (!tags.copy(first, packet, how)) {
                return failed();
            }
            data.move(packet, first, all);
            return room.take();
        }
    }

    @Nullable
    Mbuf defrag(Mbuf packet, long how) {
        requireHow(how, "m_defrag");
        int all = ChainChecks.length(mbufs, packet, "m_defrag");
        packet.header("m_defrag");
        try (ChainBuilder room = new ChainBuilder(mbufs)) {
            if (!room.addRoom(all, true, packet.type(), how)) {
                return failed();
            }
            Mbuf first = room.first();
            data.move(packet, first, all);
            first.moveHeader(packet);
            first.nextpkt = packet.nextpkt;
            mbufs.freem(packet);
            return room.take();
        }
    }

    /**
     * Fills an empty mbuf with bytes of another one. External storage is shared. Other data are copied; the room must be large enough. For
     * 0 bytes, does nothing.
     */
    static void fill(Mbuf into, Mbuf from, int skip, int count) {
        if (count == 0) {
            return;
        }
        if (from.region instanceof Storage outside) {
            Mbufs.share(into, from, outside);
            into.offset = from.offset + skip;
        } else {
            MemorySegment.copy(from.region.memory, from.offset + (long) skip, into.region.memory, into.offset, count);
        }
        into.length = count;
    }

    /** Allocates an mbuf with a copy of a packet's header and tags; returns null if there is no memory. */
    private @Nullable Mbuf headed(Mbuf packet, long how) {
        Mbuf made = mbufs.gethdr(how, packet.type());
        if (made == null) {
            return null;
        }
        try (ChainBuilder copy = new ChainBuilder(mbufs)) {
            copy.add(made);
            made.copyHeader(packet);
            return tags.copy(made, packet, how) ? copy.take() : null;
        }
    }

    private @Nullable Mbuf failed() {
        failures.increment();
        return null;
    }
}
