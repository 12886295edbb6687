package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static dev.malloc9.mbuf.Mbufs.requireHow;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The operations that lengthen, shorten, split and join chains. {@link Chains} describes each of them. */
final class ChainShape {

    private final Mbufs mbufs;
    private final LongAdder pullupFailures = new LongAdder();

    ChainShape(Mbufs mbufs) {
        this.mbufs = mbufs;
    }

    /** Returns the number of pullups that failed because there was no memory. */
    long pullupFailures() {
        return pullupFailures.sum();
    }

    @Nullable
    Mbuf pullup(Mbuf chain, int length) {
        int all = ChainChecks.length(mbufs, chain, "m_pullup");
        int most = Math.min(MbufFlags.MHLEN, all);
        if (length < 0 || length > most) {
            throw Messages.length("m_pullup", length, most);
        }
        if (chain.length >= length) {
            return chain;
        }
        // The bytes go into the first mbuf if it has no external storage and enough room, otherwise into a new first
        // mbuf.
        Mbuf first = chain;
        Mbuf rest = chain.next;
        int missing = length - chain.length;
        if (chain.isOutside() || chain.offset + length > chain.capacity()) {
            Mbuf made = mbufs.get(M_NOWAIT, chain.type());
            if (made == null) {
                pullupFailures.increment();
                mbufs.freem(chain);
                return null;
            }
            if (chain.has(M_PKTHDR)) {
                made.moveHeader(chain);
                made.nextpkt = chain.nextpkt;
            }
            first = made;
            rest = chain;
            missing = length;
        }
        while (missing > 0 && rest != null) {
            int count = Math.min(missing, rest.length);
            MemorySegment.copy(
                    rest.region.memory, rest.offset, first.region.memory, first.offset + (long) first.length, count);
            first.length += count;
            rest.offset += count;
            rest.length -= count;
            missing -= count;
            Mbuf following = rest.next;
            if (rest.length == 0) {
                first.next = following;
                mbufs.free(rest);
                rest = following;
            }
        }
        first.next = rest;
        return first;
    }

    void adj(Mbuf chain, int bytes) {
        int all = ChainChecks.length(mbufs, chain, "m_adj");
        if (Math.abs((long) bytes) > all) {
            throw Messages.trim(bytes, all);
        }
        int keep = bytes < 0 ? all + bytes : all;
        int skip = Math.max(bytes, 0);
        for (Mbuf mbuf = chain; mbuf != null; mbuf = mbuf.next) {
            int cut = Math.min(skip, mbuf.length);
            mbuf.offset += cut;
            mbuf.length -= cut;
            skip -= cut;
            if (bytes < 0) {
                mbuf.length = Math.min(mbuf.length, keep);
                keep -= mbuf.length;
            }
        }
        if (chain.has(M_PKTHDR)) {
            chain.packetLength -= Math.abs(bytes);
        }
    }

    void cat(Mbuf chain, Mbuf behind) {
        ChainChecks.length(mbufs, chain, "m_cat");
        ChainChecks.length(mbufs, behind, "m_cat");
        Mbuf last = ChainChecks.last(chain);
        if (ChainChecks.last(behind) == last) {
            throw Messages.cycle("m_cat");
        }
        Mbuf next = behind;
        while (next != null && !last.isOutside() && last.offset + last.length + next.length <= last.capacity()) {
            MemorySegment.copy(
                    next.region.memory, next.offset, last.region.memory, last.offset + (long) last.length, next.length);
            last.length += next.length;
            last.next = next.next;
            mbufs.free(next);
            next = last.next;
        }
        last.next = next;
    }

    @Nullable
    Mbuf prepend(Mbuf chain, int bytes, long how) {
        requireHow(how, "m_prepend");
        ChainChecks.length(mbufs, chain, "m_prepend");
        if (bytes < 0 || bytes > MbufFlags.MHLEN) {
            throw Messages.length("m_prepend", bytes, MbufFlags.MHLEN);
        }
        Mbuf first = chain;
        if (chain.leadingSpace() >= bytes) {
            chain.offset -= bytes;
            chain.length += bytes;
        } else {
            Mbuf made = mbufs.get(how, chain.type());
            if (made == null) {
                mbufs.freem(chain);
                return null;
            }
            if (chain.has(M_PKTHDR)) {
                made.moveHeader(chain);
                made.nextpkt = chain.nextpkt;
            }
            // The data are put at the end of the mbuf, aligned to 8 bytes, so that there is room before them (M_ALIGN,
            // MH_ALIGN).
            made.offset = made.start() + ((made.capacity() - made.start() - bytes) & -Long.BYTES);
            made.length = bytes;
            made.next = chain;
            first = made;
        }
        if (first.has(M_PKTHDR)) {
            first.packetLength += bytes;
        }
        return first;
    }

    @Nullable
    Mbuf split(Mbuf chain, int length, long how) {
        requireHow(how, "m_split");
        int all = ChainChecks.length(mbufs, chain, "m_split");
        if (length < 0 || length > all) {
            throw Messages.length("m_split", length, all);
        }
        Mbuf cut = chain;
        int kept = length;
        while (cut.next != null && kept > cut.length) {
            kept -= cut.length;
            cut = cut.next;
        }
        boolean header = chain.has(M_PKTHDR);
        int moved = cut.length - kept;
        try (ChainBuilder made = new ChainBuilder(mbufs)) {
            if (!made.add(header ? mbufs.gethdr(how, chain.type()) : mbufs.get(how, cut.type()))) {
                return null;
            }
            // An mbuf without packet header can hold more bytes than fit behind a packet header.
            Mbuf into = made.first();
            if (!fits(into, cut, moved)) {
                Mbuf second = mbufs.get(how, cut.type());
                if (second == null || !made.add(second)) {
                    return null;
                }
                into = second;
            }
            ChainCopies.fill(into, cut, kept, moved);
            into.next = cut.next;
            Mbuf rest = made.take();
            cut.length = kept;
            cut.next = null;
            if (header) {
                rest.rcvif(chain.rcvif());
                rest.packetLength = chain.packetLength - length;
                chain.packetLength = length;
            }
            return rest;
        }
    }

    private static boolean fits(Mbuf into, Mbuf from, int count) {
        return from.isOutside() || count <= into.capacity() - into.offset;
    }
}
