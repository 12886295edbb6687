package malloc9.mbuf;

import static malloc9.api.MallocFlags.M_NOWAIT;
import static malloc9.mbuf.MbufFlags.M_COPYALL;
import static malloc9.mbuf.MbufFlags.M_PKTHDR;
import static malloc9.mbuf.Mbufs.present;
import static malloc9.mbuf.Mbufs.requireHow;
import static malloc9.mbuf.Mbufs.waiting;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What works on chains of mbufs (mbuf(9)), with the semantics of FreeBSD's uipc_mbuf.c.
 *
 * <p>Where FreeBSD asserts, here {@link InvalidMbuf} is thrown and nothing has changed. What may run out of memory takes a wait flag:
 * a {@code long} request may return null.
 *
 * <p>Differs from BSD: m_adj by more than there is, and m_pullup beyond 168 bytes or the chain's end, are errors and lose nothing;
 * m_copyback refuses to write into shared data.
 */
public final class Chains {

    private final Mbufs mbufs;
    private final Tags tags;
    private final LongAdder copyFailures = new LongAdder();
    private final LongAdder pullupFailures = new LongAdder();

    Chains(Mbufs mbufs, Tags tags) {
        this.mbufs = mbufs;
        this.tags = tags;
    }

    /** Bytes of data in a chain (m_length). */
    public int length(Mbuf chain) {
        return length(chain, "m_length");
    }

    /** The last mbuf of a chain. */
    public Mbuf last(Mbuf chain) {
        length(chain, "m_last");
        return lastOf(chain);
    }

    /** Copies that came to nothing for want of memory (m_mcfail). */
    public long copyFailures() {
        return copyFailures.sum();
    }

    /** Pullups that came to nothing for want of memory (m_mpfail). */
    public long pullupFailures() {
        return pullupFailures.sum();
    }

    /** As {@link #copym(Mbuf, int, int, long)}, waiting for memory. */
    public Mbuf copym(Mbuf chain, int offset, int length, int how) {
        return present(copym(chain, offset, length, waiting(how, "m_copym")));
    }

    /**
     * A copy of a part of a chain, that shares what lies outside of mbufs (m_copym); null if there is no memory.
     *
     * @param length bytes, or M_COPYALL; 0 bytes are no chain, and an error
     */
    public @Nullable Mbuf copym(Mbuf chain, int offset, int length, long how) {
        requireHow(how, "m_copym");
        int all = length(chain, "m_copym");
        requireRange("m_copym", offset, length == M_COPYALL ? all - offset : length, all);
        int wanted = length == M_COPYALL ? all - offset : length;
        boolean header = offset == 0 && chain.has(M_PKTHDR);
        Mbuf first = null;
        Mbuf last = null;
        int skip = offset;
        int left = wanted;
        for (Mbuf from = chain; from != null && (left > 0 || first == null); from = from.next) {
            if (skip >= from.length && skip > 0) {
                skip -= from.length;
                continue;
            }
            int count = Math.min(left, from.length - skip);
            Mbuf copy = first == null && header ? headed(chain, how) : mbufs.get(how, from.type());
            if (copy == null) {
                return failed(first);
            }
            fill(copy, from, skip, count);
            if (last == null) {
                first = copy;
            } else {
                last.next = copy;
            }
            last = copy;
            left -= count;
            skip = 0;
        }
        if (first == null) {
            return mbufs.get(how, chain.type());
        }
        if (header) {
            first.packetLength = length == M_COPYALL ? chain.packetLength : wanted;
        }
        return first;
    }

    /** As {@link #copypacket(Mbuf, long)}, waiting for memory. */
    public Mbuf copypacket(Mbuf packet, int how) {
        return present(copypacket(packet, waiting(how, "m_copypacket")));
    }

    /** A copy of a whole packet that shares what lies outside of mbufs (m_copypacket); null if there is no memory. */
    public @Nullable Mbuf copypacket(Mbuf packet, long how) {
        packet.header("m_copypacket");
        return copym(packet, 0, M_COPYALL, how);
    }

    /** As {@link #dup(Mbuf, long)}, waiting for memory. */
    public Mbuf dup(Mbuf packet, int how) {
        return present(dup(packet, waiting(how, "m_dup")));
    }

    /** A copy of a packet that shares nothing (m_dup); null if there is no memory. */
    public @Nullable Mbuf dup(Mbuf packet, long how) {
        requireHow(how, "m_dup");
        int all = length(packet, "m_dup");
        packet.header("m_dup");
        Mbuf first = room(all, true, packet.type(), how);
        if (first == null) {
            return failed(null);
        }
        first.copyHeader(packet);
        if (!tags.copy(first, packet, how)) {
            return failed(first);
        }
        move(packet, 0, first, all);
        return first;
    }

    /** As {@link #defrag(Mbuf, long)}, waiting for memory. */
    public Mbuf defrag(Mbuf packet, int how) {
        return present(defrag(packet, waiting(how, "m_defrag")));
    }

    /** The packet in as few mbufs as will do, in the place of the one given (m_defrag); null, and that one stays, if there is no memory. */
    public @Nullable Mbuf defrag(Mbuf packet, long how) {
        requireHow(how, "m_defrag");
        int all = length(packet, "m_defrag");
        packet.header("m_defrag");
        Mbuf first = room(all, true, packet.type(), how);
        if (first == null) {
            return failed(null);
        }
        move(packet, 0, first, all);
        first.moveHeader(packet);
        Mbuf following = packet.nextpkt;
        mbufs.freem(packet);
        first.nextpkt = following;
        return first;
    }

    /**
     * The chain with its first bytes in one mbuf (m_pullup): the one given, or a new first. Null if there is no memory: then the chain was
     * freed.
     *
     * @param length at most 168
     */
    public @Nullable Mbuf pullup(Mbuf chain, int length) {
        int all = length(chain, "m_pullup");
        int most = Math.min(MbufFlags.MHLEN, all);
        if (length < 0 || length > most) {
            throw Messages.length("m_pullup", length, most);
        }
        if (chain.length >= length) {
            return chain;
        }
        // Into the first itself if it is one without anything outside and has the room, else into a new one.
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
            if (rest.length == 0) {
                rest = mbufs.free(rest);
            }
        }
        first.next = rest;
        return first;
    }

    /**
     * Trims a chain (m_adj); a packet header's length follows. Mbufs that become empty stay.
     *
     * @param bytes from the head, or negated from the tail
     */
    public void adj(Mbuf chain, int bytes) {
        int all = length(chain, "m_adj");
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

    /**
     * Puts a chain behind another (m_cat); what fits is copied and freed. No packet header's length follows, as in FreeBSD.
     *
     * @throws InvalidMbuf CYCLE if they have an mbuf in common
     */
    public void cat(Mbuf chain, Mbuf behind) {
        length(chain, "m_cat");
        length(behind, "m_cat");
        Mbuf last = lastOf(chain);
        if (lastOf(behind) == last) {
            throw Messages.cycle("m_cat");
        }
        Mbuf next = behind;
        while (next != null && !last.isOutside() && last.offset + last.length + next.length <= last.capacity()) {
            MemorySegment.copy(
                    next.region.memory, next.offset, last.region.memory, last.offset + (long) last.length, next.length);
            last.length += next.length;
            next = mbufs.free(next);
        }
        last.next = next;
    }

    /** As {@link #prepend(Mbuf, int, long)}, waiting for memory. */
    public Mbuf prepend(Mbuf chain, int bytes, int how) {
        return present(prepend(chain, bytes, waiting(how, "m_prepend")));
    }

    /**
     * The chain with room for so many bytes more before its data (M_PREPEND): the one given, or a new first, whose packet header is the old
     * one's. Null if there is no memory: then the chain was freed.
     *
     * @param bytes at most 168
     */
    public @Nullable Mbuf prepend(Mbuf chain, int bytes, long how) {
        requireHow(how, "m_prepend");
        length(chain, "m_prepend");
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
            // At the end, in whole longs, so that there is room before it (M_ALIGN, MH_ALIGN).
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

    /** Copies bytes of a chain to the start of a segment (m_copydata). */
    public void copydata(Mbuf chain, int offset, int length, MemorySegment to) {
        requireRange("m_copydata", offset, length, length(chain, "m_copydata"));
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

    /**
     * Writes bytes into a chain, and behind its end into room there and new mbufs (m_copyback); what lies between is zero. A packet header's
     * length follows.
     *
     * @param length bytes, from the start of a segment
     * @return false if there is no memory for all; nothing was changed
     * @throws InvalidMbuf READ_ONLY if any of what is to be written is shared
     */
    public boolean copyback(Mbuf chain, int offset, int length, MemorySegment from, long how) {
        requireHow(how, "m_copyback");
        int all = length(chain, "m_copyback");
        if (offset < 0) {
            throw Messages.offset("m_copyback", offset, all);
        }
        int most = Math.toIntExact(Math.min(from.byteSize(), Integer.MAX_VALUE - (long) offset));
        if (length < 0 || length > most) {
            throw Messages.length("m_copyback", length, most);
        }
        requireWritable(chain, offset, length);
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

    /** Writes a segment behind the end of a chain (m_append); false, and nothing was changed, if there is no memory. */
    public boolean append(Mbuf chain, MemorySegment from, long how) {
        return copyback(chain, length(chain, "m_append"), Math.toIntExact(from.byteSize()), from, how);
    }

    /** As {@link #split(Mbuf, int, long)}, waiting for memory. */
    public Mbuf split(Mbuf chain, int length, int how) {
        return present(split(chain, length, waiting(how, "m_split")));
    }

    /**
     * Cuts a chain in two (m_split): the one given keeps the first bytes; packet headers' lengths follow.
     *
     * @return the rest, with a packet header if the chain has one; null, and nothing was changed, if there is no memory
     */
    public @Nullable Mbuf split(Mbuf chain, int length, long how) {
        requireHow(how, "m_split");
        int all = length(chain, "m_split");
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
        Mbuf rest = header ? mbufs.gethdr(how, chain.type()) : mbufs.get(how, cut.type());
        if (rest == null) {
            return null;
        }
        int moved = cut.length - kept;
        if (!fits(rest, cut, moved)) {
            Mbuf second = mbufs.get(how, cut.type());
            if (second == null) {
                mbufs.free(rest);
                return null;
            }
            fill(second, cut, kept, moved);
            rest.next = second;
            second.next = cut.next;
        } else {
            fill(rest, cut, kept, moved);
            rest.next = cut.next;
        }
        cut.length = kept;
        cut.next = null;
        if (header) {
            rest.rcvif(chain.rcvif());
            rest.packetLength = chain.packetLength - length;
            chain.packetLength = length;
        }
        return rest;
    }

    private int length(Mbuf chain, String function) {
        long length = 0;
        for (Mbuf mbuf = chain; mbuf != null; mbuf = mbuf.next) {
            mbufs.requireOwn(mbuf, function);
            mbuf.live(function);
            length += mbuf.length;
        }
        return Math.toIntExact(length);
    }

    private static Mbuf lastOf(Mbuf chain) {
        Mbuf last = chain;
        while (last.next != null) {
            last = last.next;
        }
        return last;
    }

    private static void requireRange(String function, int offset, int length, int all) {
        if (offset < 0 || offset > all) {
            throw Messages.offset(function, offset, all);
        }
        if (length < 0 || length > all - offset) {
            throw Messages.length(function, length, all - offset);
        }
    }

    private static void requireWritable(Mbuf chain, int offset, int length) {
        long start = 0;
        for (Mbuf mbuf = chain; mbuf != null; mbuf = mbuf.next) {
            long end = start + mbuf.length;
            if (start < (long) offset + length && end > offset && !mbuf.isWritable()) {
                throw Messages.readOnly("m_copyback", mbuf.references());
            }
            start = end;
        }
    }

    /** An mbuf with a copy of a packet's header. */
    private @Nullable Mbuf headed(Mbuf packet, long how) {
        Mbuf copy = mbufs.gethdr(how, packet.type());
        if (copy != null) {
            copy.copyHeader(packet);
            if (!tags.copy(copy, packet, how)) {
                mbufs.free(copy);
                return null;
            }
        }
        return copy;
    }

    private static boolean fits(Mbuf into, Mbuf from, int count) {
        return from.isOutside() || count <= into.capacity() - into.offset;
    }

    /** Gives an empty mbuf bytes of another: shared if they lie outside, else copied into the room that there is. */
    private static void fill(Mbuf into, Mbuf from, int skip, int count) {
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

    /** Empty mbufs with room for so many bytes. */
    private @Nullable Mbuf room(int bytes, boolean header, int type, long how) {
        Mbuf first = null;
        Mbuf last = null;
        int left = bytes;
        while (left > 0 || first == null) {
            int flags = first == null && header ? M_PKTHDR : 0;
            Mbuf made;
            if (left >= MbufFlags.MINCLSIZE) {
                made = mbufs.getcl(how, type, flags);
            } else {
                made = flags == 0 ? mbufs.get(how, type) : mbufs.gethdr(how, type);
            }
            if (made == null) {
                mbufs.freem(first);
                return null;
            }
            left -= made.capacity() - made.offset;
            if (last == null) {
                first = made;
            } else {
                last.next = made;
            }
            last = made;
        }
        return first;
    }

    /** Copies bytes of a chain, from an offset on, into empty mbufs, filling each. */
    private void move(Mbuf chain, int offset, Mbuf into, int length) {
        int done = 0;
        for (Mbuf mbuf = into; mbuf != null; mbuf = mbuf.next) {
            int count = Math.min(length - done, mbuf.capacity() - mbuf.offset);
            copydata(chain, offset + done, count, mbuf.region.memory.asSlice(mbuf.offset, count));
            mbuf.length = count;
            done += count;
        }
    }

    /** Makes a chain longer by zeroes. */
    private boolean extend(Mbuf chain, int bytes, long how) {
        Mbuf last = lastOf(chain);
        int here = Math.min(bytes, last.trailingSpace());
        if (here < bytes) {
            Mbuf more = room(bytes - here, false, last.type(), how);
            if (more == null) {
                return false;
            }
            last.next = more;
            int left = bytes - here;
            for (Mbuf mbuf = more; mbuf != null; mbuf = mbuf.next) {
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

    private @Nullable Mbuf failed(@Nullable Mbuf partial) {
        copyFailures.increment();
        mbufs.freem(partial);
        return null;
    }
}
