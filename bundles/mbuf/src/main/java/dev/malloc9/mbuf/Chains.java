package dev.malloc9.mbuf;

import static dev.malloc9.mbuf.MbufFlags.M_COPYALL;
import static dev.malloc9.mbuf.Mbufs.present;
import static dev.malloc9.mbuf.Mbufs.waiting;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The operations on chains of mbufs (mbuf(9)), with the semantics of FreeBSD's uipc_mbuf.c.
 *
 * <p>Where FreeBSD asserts, a method throws {@link InvalidMbuf} and has changed nothing. A freed mbuf in a chain is refused with FREED, and
 * an mbuf of another service with FOREIGN. A chain of more than {@link Integer#MAX_VALUE} bytes is refused with an {@link
 * ArithmeticException}. If a method frees external memory and its {@link ExtFree} throws, the exception is passed on, and the chain may be
 * changed in part.
 *
 * <p>A method that allocates memory takes a wait flag; only {@link #pullup} has none and never waits. With an {@code int} flag, which must
 * be M_WAITOK, the result is never null. With a {@code long} flag, the result is null or false if M_NOWAIT finds no memory. Any other flag
 * is refused with FLAGS. {@link Mbufs} describes the exceptions of M_WAITOK.
 *
 * <p>Differs from BSD: trimming more bytes than the chain has with m_adj is an error. So is m_pullup beyond 168 bytes or beyond the end of
 * the chain. Neither loses the chain. m_copyback refuses to write into shared or read-only data.
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
     * {@return the number of bytes of data in a chain (m_length)}
     *
     * @param chain the first mbuf of the chain
     * @throws ArithmeticException if the chain has more than {@link Integer#MAX_VALUE} bytes
     */
    public int length(Mbuf chain) {
        return ChainChecks.length(mbufs, chain, "m_length");
    }

    /**
     * {@return the last mbuf of a chain}
     *
     * @param chain the first mbuf of the chain
     */
    public Mbuf last(Mbuf chain) {
        ChainChecks.length(mbufs, chain, "m_last");
        return ChainChecks.last(chain);
    }

    /** {@return the number of calls of m_copym, m_copypacket, m_dup and m_defrag that returned null for lack of memory (m_mcfail)} */
    public long copyFailures() {
        return copies.failures();
    }

    /** {@return the number of pullups that returned null for lack of memory (m_mpfail)} */
    public long pullupFailures() {
        return shape.pullupFailures();
    }

    /**
     * Copies a part of a chain like {@link #copym(Mbuf, int, int, long)}. Waits for memory.
     *
     * @param chain the first mbuf of the chain
     * @param offset the index of the first byte, 0 to the length of the chain
     * @param length the number of bytes, or M_COPYALL for all bytes from the offset on
     * @param how {@code M_WAITOK}
     * @return the copy
     */
    public Mbuf copym(Mbuf chain, int offset, int length, int how) {
        return present(copym(chain, offset, length, waiting(how, "m_copym")));
    }

    /**
     * Copies a part of a chain (m_copym). Data in external storage are shared, other data are copied. If the part begins at offset 0, a
     * packet header and its tags are copied as well. The length in the copied header is the number of copied bytes; with M_COPYALL it is
     * the length in the given header.
     *
     * @param chain the first mbuf of the chain
     * @param offset the index of the first byte, 0 to the length of the chain
     * @param length the number of bytes, or M_COPYALL for all bytes from the offset on; for 0 bytes an empty mbuf is returned
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @return the copy; null if the request does not wait and there is no memory
     * @throws InvalidMbuf OFFSET or LENGTH if the part is not inside the chain
     */
    public @Nullable Mbuf copym(Mbuf chain, int offset, int length, long how) {
        return copies.copym(chain, offset, length, how);
    }

    /**
     * Copies a packet like {@link #copypacket(Mbuf, long)}. Waits for memory.
     *
     * @param packet the packet: a chain with a packet header
     * @param how {@code M_WAITOK}
     * @return the copy
     */
    public Mbuf copypacket(Mbuf packet, int how) {
        return present(copypacket(packet, waiting(how, "m_copypacket")));
    }

    /**
     * Copies a whole packet and shares its external storage (m_copypacket).
     *
     * @param packet the packet: a chain with a packet header
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @return the copy; null if the request does not wait and there is no memory
     * @throws InvalidMbuf NO_HEADER if there is no packet header
     */
    public @Nullable Mbuf copypacket(Mbuf packet, long how) {
        packet.header("m_copypacket");
        return copym(packet, 0, M_COPYALL, how);
    }

    /**
     * Copies a packet like {@link #dup(Mbuf, long)}. Waits for memory.
     *
     * @param packet the packet: a chain with a packet header
     * @param how {@code M_WAITOK}
     * @return the copy
     */
    public Mbuf dup(Mbuf packet, int how) {
        return present(dup(packet, waiting(how, "m_dup")));
    }

    /**
     * Copies a packet with its header and tags, and shares nothing (m_dup).
     *
     * @param packet the packet: a chain with a packet header
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @return the copy; null if the request does not wait and there is no memory
     * @throws InvalidMbuf NO_HEADER if there is no packet header
     */
    public @Nullable Mbuf dup(Mbuf packet, long how) {
        return copies.dup(packet, how);
    }

    /**
     * Defragments a packet like {@link #defrag(Mbuf, long)}. Waits for memory.
     *
     * @param packet the packet: a chain with a packet header
     * @param how {@code M_WAITOK}
     * @return the new packet
     */
    public Mbuf defrag(Mbuf packet, int how) {
        return present(defrag(packet, waiting(how, "m_defrag")));
    }

    /**
     * Copies a packet into as few mbufs as possible and frees the given packet (m_defrag). The clusters have 2048 bytes. The header, the
     * tags and the next packet of the queue are kept.
     *
     * @param packet the packet: a chain with a packet header
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @return the new packet; null, with the given packet unchanged, if the request does not wait and there is no memory
     * @throws InvalidMbuf NO_HEADER if there is no packet header
     */
    public @Nullable Mbuf defrag(Mbuf packet, long how) {
        return copies.defrag(packet, how);
    }

    /**
     * Moves the first bytes of a chain into its first mbuf (m_pullup). If that mbuf already has as many bytes, nothing changes. If they do
     * not fit there, or that mbuf has external storage, they go into a new first mbuf, which takes over the packet header. Mbufs that
     * become empty are freed. Never waits.
     *
     * @param chain the first mbuf of the chain
     * @param length the number of bytes, 0 to 168, and at most the length of the chain
     * @return the first mbuf of the chain, which may be a new one; null, with the chain freed, if there is no memory
     * @throws InvalidMbuf LENGTH if the length is not in that range
     */
    public @Nullable Mbuf pullup(Mbuf chain, int length) {
        return shape.pullup(chain, length);
    }

    /**
     * Trims a chain (m_adj). The length in the packet header is reduced as well. Mbufs that become empty stay in the chain.
     *
     * @param chain the first mbuf of the chain
     * @param bytes the number of bytes to cut off the head; negative to cut bytes off the tail; 0 is a no-op
     * @throws InvalidMbuf LENGTH if the chain has fewer bytes
     */
    public void adj(Mbuf chain, int bytes) {
        shape.adj(chain, bytes);
    }

    /**
     * Appends a chain to another one (m_cat). Unless the last mbuf has external storage, leading mbufs whose data fit into it are copied
     * and freed, with their packet headers and tags. No packet header's length changes, as in FreeBSD. The caller must not use the appended
     * chain afterwards.
     *
     * @param chain the first mbuf of the chain
     * @param behind the first mbuf of the chain that is appended
     * @throws InvalidMbuf CYCLE if the chains have an mbuf in common
     */
    public void cat(Mbuf chain, Mbuf behind) {
        shape.cat(chain, behind);
    }

    /**
     * Prepends room to a chain like {@link #prepend(Mbuf, int, long)}. Waits for memory.
     *
     * @param chain the first mbuf of the chain
     * @param bytes the number of bytes, 0 to 168
     * @param how {@code M_WAITOK}
     * @return the first mbuf of the chain, which may be a new one
     */
    public Mbuf prepend(Mbuf chain, int bytes, int how) {
        return present(prepend(chain, bytes, waiting(how, "m_prepend")));
    }

    /**
     * Adds uninitialized bytes before the data of a chain (M_PREPEND). If the first mbuf has no writable room for them, a new first mbuf
     * takes over its packet header. The length in the packet header grows.
     *
     * @param chain the first mbuf of the chain
     * @param bytes the number of bytes, 0 to 168
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @return the first mbuf of the chain, which may be a new one; null, with the chain freed, if the request does not wait and there is
     *     no memory
     * @throws InvalidMbuf LENGTH if the number is not in that range
     */
    public @Nullable Mbuf prepend(Mbuf chain, int bytes, long how) {
        return shape.prepend(chain, bytes, how);
    }

    /**
     * Copies bytes of a chain to the start of a segment (m_copydata).
     *
     * @param chain the first mbuf of the chain
     * @param offset the index of the first byte, 0 to the length of the chain
     * @param length the number of bytes; 0 copies nothing
     * @param to the writable segment, filled from its first byte
     * @throws InvalidMbuf OFFSET or LENGTH if the bytes are not inside the chain, or do not fit into the segment
     */
    public void copydata(Mbuf chain, int offset, int length, MemorySegment to) {
        data.copydata(chain, offset, length, to);
    }

    /**
     * Writes bytes into a chain (m_copyback). Beyond the end of the chain, uses the room of the last mbuf and new mbufs. The bytes between
     * the old end and the offset are zeroed. If the packet header's length is smaller than the end of the written bytes, it is raised.
     *
     * @param chain the first mbuf of the chain
     * @param offset the first byte to write, not negative; may lie beyond the end of the chain
     * @param length the number of bytes; 0 extends the chain up to the offset
     * @param from the segment, read from its first byte
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @return false if the request does not wait and there is no memory for all bytes; nothing was changed
     * @throws InvalidMbuf OFFSET if the offset is negative; LENGTH if the length is negative or exceeds the segment, or the end exceeds
     *     {@link Integer#MAX_VALUE}; READ_ONLY if the range lies in or overlaps data that are shared or read-only
     */
    public boolean copyback(Mbuf chain, int offset, int length, MemorySegment from, long how) {
        return data.copyback(chain, offset, length, from, how);
    }

    /**
     * Appends the bytes of a segment to a chain (m_append), like {@link #copyback} at the end of the chain.
     *
     * @param chain the first mbuf of the chain
     * @param from the segment; all its bytes are appended
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @return false if the request does not wait and there is no memory; nothing was changed
     * @throws ArithmeticException if the segment has more than {@link Integer#MAX_VALUE} bytes
     */
    public boolean append(Mbuf chain, MemorySegment from, long how) {
        return copyback(
                chain, ChainChecks.length(mbufs, chain, "m_append"), Math.toIntExact(from.byteSize()), from, how);
    }

    /**
     * Splits a chain like {@link #split(Mbuf, int, long)}. Waits for memory.
     *
     * @param chain the first mbuf of the chain
     * @param length the number of bytes to keep, 0 to the length of the chain
     * @param how {@code M_WAITOK}
     * @return the rest; an empty mbuf if all bytes are kept
     */
    public Mbuf split(Mbuf chain, int length, int how) {
        return present(split(chain, length, waiting(how, "m_split")));
    }

    /**
     * Splits a chain (m_split). The given chain keeps the first bytes and its tags. External storage at the cut is shared. The lengths in
     * the packet headers are adjusted.
     *
     * @param chain the first mbuf of the chain
     * @param length the number of bytes to keep, 0 to the length of the chain
     * @param how {@code M_NOWAIT}, or {@code M_WAITOK} as a {@code long}
     * @return the rest, with a packet header if the chain has one; an empty mbuf if all bytes are kept; null, with the chain unchanged, if
     *     the request does not wait and there is no memory
     * @throws InvalidMbuf LENGTH if the length is not in that range
     */
    public @Nullable Mbuf split(Mbuf chain, int length, long how) {
        return shape.split(chain, length, how);
    }
}
