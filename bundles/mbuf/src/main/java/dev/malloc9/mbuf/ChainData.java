package dev.malloc9.mbuf;

import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static dev.malloc9.mbuf.Mbufs.requireHow;

import java.lang.foreign.MemorySegment;

/** The operations that read and write the bytes of chains. {@link Chains} describes each of them. */
final class ChainData {

    private final Mbufs mbufs;

    ChainData(Mbufs mbufs) {
        this.mbufs = mbufs;
    }

    void copydata(Mbuf chain, int offset, int length, MemorySegment to) {
        ChainChecks.requireRange("m_copydata", offset, length, ChainChecks.length(mbufs, chain, "m_copydata"));
        if (length > to.byteSize()) {
            throw Messages.length("m_copydata", length, Math.toIntExact(to.byteSize()));
        }
        int skip = offset;
        int done = 0;
        for (Mbuf mbuf = chain; mbuf != null && done < length; mbuf = mbuf.next) {
            int count = Math.clamp(mbuf.length - skip, 0, length - done);
            if (count > 0) {
                MemorySegment.copy(mbuf.region.memory, mbuf.offset + (long) skip, to, done, count);
            }
            done += count;
            skip = Math.max(0, skip - mbuf.length);
        }
    }

    boolean copyback(Mbuf chain, int offset, int length, MemorySegment from, long how) {
        requireHow(how, "m_copyback");
        int all = ChainChecks.length(mbufs, chain, "m_copyback");
        if (offset < 0) {
            throw Messages.offset("m_copyback", offset, all);
        }
        int most = Math.toIntExact(Math.min(from.byteSize(), Integer.MAX_VALUE - (long) offset));
        if (length < 0 || length > most) {
            throw Messages.length("m_copyback", length, most);
        }
        ChainChecks.requireWritable(chain, offset, length, "m_copyback");
        int more = offset + length - all;
        if (more > 0 && !extend(chain, more, how)) {
            return false;
        }
        int skip = offset;
        int done = 0;
        for (Mbuf mbuf = chain; mbuf != null && done < length; mbuf = mbuf.next) {
            int count = Math.clamp(mbuf.length - skip, 0, length - done);
            if (count > 0) {
                MemorySegment.copy(from, done, mbuf.region.memory, mbuf.offset + (long) skip, count);
            }
            done += count;
            skip = Math.max(0, skip - mbuf.length);
        }
        if (chain.has(M_PKTHDR) && chain.packetLength < offset + length) {
            chain.packetLength = offset + length;
        }
        return true;
    }

    /**
     * Copies the first bytes of a chain into a chain of empty mbufs, and fills each mbuf before the next. The mbufs must have room for all
     * bytes.
     */
    void move(Mbuf chain, Mbuf into, int length) {
        int done = 0;
        for (Mbuf mbuf = into; mbuf != null; mbuf = mbuf.next) {
            int count = Math.min(length - done, mbuf.capacity() - mbuf.offset);
            copydata(chain, done, count, mbuf.region.memory.asSlice(mbuf.offset, count));
            mbuf.length = count;
            done += count;
        }
    }

    /**
     * Extends a chain by zeroed bytes. The length in the packet header does not change. Returns false, with the chain unchanged, if there
     * is no memory.
     */
    private boolean extend(Mbuf chain, int bytes, long how) {
        Mbuf last = ChainChecks.last(chain);
        int here = Math.min(bytes, last.trailingSpace());
        if (here < bytes) {
            try (ChainBuilder room = new ChainBuilder(mbufs)) {
                if (!room.addRoom(bytes - here, false, last.type(), how)) {
                    return false;
                }
                last.next = room.take();
            }
            int left = bytes - here;
            for (Mbuf mbuf = last.next; mbuf != null; mbuf = mbuf.next) {
                mbuf.length = Math.min(left, mbuf.capacity() - mbuf.offset);
                zero(mbuf, 0, mbuf.length);
                left -= mbuf.length;
            }
        }
        zero(last, last.length, here);
        last.length += here;
        return true;
    }

    private static void zero(Mbuf mbuf, int from, int count) {
        mbuf.region.memory.asSlice(mbuf.offset + (long) from, count).fill((byte) 0);
    }
}
