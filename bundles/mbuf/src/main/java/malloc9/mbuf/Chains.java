package malloc9.mbuf;

import static malloc9.mbuf.MbufFlags.M_COPYALL;
import static malloc9.mbuf.Mbufs.present;
import static malloc9.mbuf.Mbufs.waiting;

import java.lang.foreign.MemorySegment;
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
    private final ChainCopies copies;
    private final ChainShape shape;
    private final ChainData data;

    Chains(Mbufs mbufs, Tags tags) {
        this.mbufs = mbufs;
        this.data = new ChainData(mbufs);
        this.copies = new ChainCopies(mbufs, tags, data);
        this.shape = new ChainShape(mbufs);
    }

    /** Bytes of data in a chain (m_length). */
    public int length(Mbuf chain) {
        return ChainChecks.length(mbufs, chain, "m_length");
    }

    /** The last mbuf of a chain. */
    public Mbuf last(Mbuf chain) {
        ChainChecks.length(mbufs, chain, "m_last");
        return ChainChecks.last(chain);
    }

    /** Copies that came to nothing for want of memory (m_mcfail). */
    public long copyFailures() {
        return copies.failures();
    }

    /** Pullups that came to nothing for want of memory (m_mpfail). */
    public long pullupFailures() {
        return shape.pullupFailures();
    }

    /** As {@link #copym(Mbuf, int, int, long)}, waiting for memory. */
    public Mbuf copym(Mbuf chain, int offset, int length, int how) {
        return present(copym(chain, offset, length, waiting(how, "m_copym")));
    }

    /**
     * A copy of a part of a chain, that shares what lies outside of mbufs (m_copym); null if there is no memory.
     *
     * @param length bytes, or M_COPYALL; of 0 bytes an empty mbuf is made
     */
    public @Nullable Mbuf copym(Mbuf chain, int offset, int length, long how) {
        return copies.copym(chain, offset, length, how);
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
        return copies.dup(packet, how);
    }

    /** As {@link #defrag(Mbuf, long)}, waiting for memory. */
    public Mbuf defrag(Mbuf packet, int how) {
        return present(defrag(packet, waiting(how, "m_defrag")));
    }

    /** The packet in as few mbufs as will do, in the place of the one given (m_defrag); null, and that one stays, if there is no memory. */
    public @Nullable Mbuf defrag(Mbuf packet, long how) {
        return copies.defrag(packet, how);
    }

    /**
     * The chain with its first bytes in one mbuf (m_pullup): the one given, or a new first. Null if there is no memory: then the chain was
     * freed.
     *
     * @param length at most 168
     */
    public @Nullable Mbuf pullup(Mbuf chain, int length) {
        return shape.pullup(chain, length);
    }

    /**
     * Trims a chain (m_adj); a packet header's length follows. Mbufs that become empty stay.
     *
     * @param bytes from the head, or negated from the tail
     */
    public void adj(Mbuf chain, int bytes) {
        shape.adj(chain, bytes);
    }

    /**
     * Puts a chain behind another (m_cat); what fits is copied and freed. No packet header's length follows, as in FreeBSD.
     *
     * @throws InvalidMbuf CYCLE if they have an mbuf in common
     */
    public void cat(Mbuf chain, Mbuf behind) {
        shape.cat(chain, behind);
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
        return shape.prepend(chain, bytes, how);
    }

    /** Copies bytes of a chain to the start of a segment (m_copydata). */
    public void copydata(Mbuf chain, int offset, int length, MemorySegment to) {
        data.copydata(chain, offset, length, to);
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
        return data.copyback(chain, offset, length, from, how);
    }

    /** Writes a segment behind the end of a chain (m_append); false, and nothing was changed, if there is no memory. */
    public boolean append(Mbuf chain, MemorySegment from, long how) {
        return copyback(chain, ChainChecks.length(mbufs, chain, "m_append"), Math.toIntExact(from.byteSize()), from, how);
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
        return shape.split(chain, length, how);
    }
}
