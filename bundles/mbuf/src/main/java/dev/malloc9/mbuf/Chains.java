package dev.malloc9.mbuf;

import static dev.malloc9.mbuf.MbufFlags.M_COPYALL;
import static dev.malloc9.mbuf.Mbufs.present;
import static dev.malloc9.mbuf.Mbufs.waiting;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The operations on chains of mbufs (mbuf(9)), with the semantics of FreeBSD's uipc_mbuf.c.
 *
 * <p>Where FreeBSD asserts, a method throws {@link InvalidMbuf} and has changed nothing. A freed mbuf in a chain is FREED, and an
 * mbuf of another service is FOREIGN. A method that allocates memory takes a wait flag. With a {@code long} flag it may return null.
 *
 * <p>Differs from BSD: trimming more bytes than the chain has with m_adj is an error. So is m_pullup beyond 168 bytes or beyond the
 * end of the chain. Neither loses the chain. m_copyback refuses to write into shared data.
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

    /**
     * Returns the number of bytes of data in a chain (m_length).
     *
     * @throws ArithmeticException if the chain has more than {@link Integer#MAX_VALUE} bytes
     */
    public int length(Mbuf chain) {
        return ChainChecks.length(mbufs, chain, "m_length");
    }

    /** Returns the last mbuf of a chain. */
    public Mbuf last(Mbuf chain) {
        ChainChecks.length(mbufs, chain, "m_last");
        return ChainChecks.last(chain);
    }

    /** Returns the number of copies that failed because there was no memory (m_mcfail). */
    public long copyFailures() {
        return copies.failures();
    }

    /** Returns the number of pullups that failed because there was no memory (m_mpfail). */
    public long pullupFailures() {
        return shape.pullupFailures();
    }

    /** Copies a part of a chain like {@link #copym(Mbuf, int, int, long)}. Waits for memory. */
    public Mbuf copym(Mbuf chain, int offset, int length, int how) {
        return present(copym(chain, offset, length, waiting(how, "m_copym")));
    }

    /**
     * Copies a part of a chain (m_copym). Data in external storage are shared, other data are copied. If the part begins at offset
     * 0, the packet header and its tags are copied as well.
     *
     * @param length the number of bytes, or M_COPYALL for all bytes from the offset on; for 0 bytes an empty mbuf is returned
     * @return the copy; null if the request does not wait and there is no memory
     * @throws InvalidMbuf OFFSET or LENGTH if the part is not inside the chain
     */
    public @Nullable Mbuf copym(Mbuf chain, int offset, int length, long how) {
        return copies.copym(chain, offset, length, how);
    }

    /** Copies a packet like {@link #copypacket(Mbuf, long)}. Waits for memory. */
    public Mbuf copypacket(Mbuf packet, int how) {
        return present(copypacket(packet, waiting(how, "m_copypacket")));
    }

    /**
     * Copies a whole packet and shares its external storage (m_copypacket). Returns null if the request does not wait and there is
     * no memory.
     */
    public @Nullable Mbuf copypacket(Mbuf packet, long how) {
        packet.header("m_copypacket");
        return copym(packet, 0, M_COPYALL, how);
    }

    /** Copies a packet like {@link #dup(Mbuf, long)}. Waits for memory. */
    public Mbuf dup(Mbuf packet, int how) {
        return present(dup(packet, waiting(how, "m_dup")));
    }

    /** Copies a packet and shares nothing (m_dup). Returns null if the request does not wait and there is no memory. */
    public @Nullable Mbuf dup(Mbuf packet, long how) {
        return copies.dup(packet, how);
    }

    /** Defragments a packet like {@link #defrag(Mbuf, long)}. Waits for memory. */
    public Mbuf defrag(Mbuf packet, int how) {
        return present(defrag(packet, waiting(how, "m_defrag")));
    }

    /**
     * Copies a packet into as few mbufs as possible and frees the given packet (m_defrag). Clusters have 2048 bytes. If the request
     * does not wait and there is no memory, returns null, and the given packet is unchanged.
     */
    public @Nullable Mbuf defrag(Mbuf packet, long how) {
        return copies.defrag(packet, how);
    }

    /**
     * Moves the first bytes of a chain into its first mbuf (m_pullup). If they do not fit there, or the first mbuf has external
     * storage, they go into a new first mbuf. Never waits. If there is no memory, frees the chain and returns null.
     *
     * @param length the number of bytes, 0 to 168, and at most the length of the chain
     * @return the first mbuf of the chain; the given one if it already has as many bytes
     */
    public @Nullable Mbuf pullup(Mbuf chain, int length) {
        return shape.pullup(chain, length);
    }

    /**
     * Trims a chain (m_adj). The length in the packet header is reduced as well. Mbufs that become empty stay in the chain.
     *
     * @param bytes the number of bytes to cut off the head; negative to cut bytes off the tail
     * @throws InvalidMbuf LENGTH if the chain has fewer bytes
     */
    public void adj(Mbuf chain, int bytes) {
        shape.adj(chain, bytes);
    }

    /**
     * Appends a chain to another one (m_cat). Leading mbufs whose data fit into the last mbuf are copied into it and freed. No
     * packet header's length changes, as in FreeBSD. The caller must not use the appended chain afterwards.
     *
     * @throws InvalidMbuf CYCLE if the chains have an mbuf in common
     */
    public void cat(Mbuf chain, Mbuf behind) {
        shape.cat(chain, behind);
    }

    /** Prepends room to a chain like {@link #prepend(Mbuf, int, long)}. Waits for memory. */
    public Mbuf prepend(Mbuf chain, int bytes, int how) {
        return present(prepend(chain, bytes, waiting(how, "m_prepend")));
    }

    /**
     * Adds uninitialized bytes before the data of a chain (M_PREPEND). If the first mbuf has no room for them, a new first mbuf
     * takes over its packet header. The length in the packet header grows. If the request does not wait and there is no memory,
     * frees the chain and returns null.
     *
     * @param bytes the number of bytes, 0 to 168
     * @return the first mbuf of the chain
     */
    public @Nullable Mbuf prepend(Mbuf chain, int bytes, long how) {
        return shape.prepend(chain, bytes, how);
    }

    /**
     * Copies bytes of a chain to the start of a segment (m_copydata).
     *
     * @throws InvalidMbuf OFFSET or LENGTH if the bytes are not inside the chain, or do not fit into the segment
     */
    public void copydata(Mbuf chain, int offset, int length, MemorySegment to) {
        data.copydata(chain, offset, length, to);
    }

    /**
     * Writes bytes into a chain (m_copyback). Beyond the end of the chain, uses the room of the last mbuf and new mbufs. The bytes
     * between the old end and the offset are zeroed. If the packet header's length is smaller than the end of the written bytes, it
     * is raised.
     *
     * @param offset the first byte to write, not negative; may lie beyond the end of the chain
     * @param length the number of bytes, from the start of the segment; 0 extends the chain up to the offset
     * @return false if the request does not wait and there is no memory for all bytes; nothing was changed
     * @throws InvalidMbuf READ_ONLY if a byte that would be overwritten is shared or read-only
     */
    public boolean copyback(Mbuf chain, int offset, int length, MemorySegment from, long how) {
        return data.copyback(chain, offset, length, from, how);
    }

    /**
     * Appends the bytes of a segment to a chain (m_append). If there is no memory, changes nothing and returns false.
     *
     * @throws ArithmeticException if the segment has more than {@link Integer#MAX_VALUE} bytes
     */
    public boolean append(Mbuf chain, MemorySegment from, long how) {
        return copyback(
                chain, ChainChecks.length(mbufs, chain, "m_append"), Math.toIntExact(from.byteSize()), from, how);
    }

    /** Splits a chain like {@link #split(Mbuf, int, long)}. Waits for memory. */
    public Mbuf split(Mbuf chain, int length, int how) {
        return present(split(chain, length, waiting(how, "m_split")));
    }

    /**
     * Splits a chain (m_split). The given chain keeps the first bytes and its tags. The lengths in the packet headers are adjusted.
     *
     * @param length the number of bytes to keep, 0 to the length of the chain
     * @return the rest, with a packet header if the chain has one; null, with the chain unchanged, if the request does not wait and
     *     there is no memory
     */
    public @Nullable Mbuf split(Mbuf chain, int length, long how) {
        return shape.split(chain, length, how);
    }
}
