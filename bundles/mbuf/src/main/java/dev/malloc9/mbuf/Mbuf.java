package dev.malloc9.mbuf;

import static dev.malloc9.mbuf.MbufFlags.M_EXT;
import static dev.malloc9.mbuf.MbufFlags.M_PKTHDR;
import static dev.malloc9.mbuf.MbufFlags.M_RDONLY;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A buffer of a chain (struct mbuf). It has up to 216 bytes of data in its own memory, or refers to external storage that several
 * mbufs may share.
 *
 * <p>A chain belongs to one thread at a time. Chains that share clusters may belong to different threads. The operations on chains are in
 * {@link Chains}. A method of a freed mbuf throws {@link InvalidMbuf} FREED. A method for the packet header or the tags throws NO_HEADER if
 * there is no packet header.
 *
 * <p>Implementation note.
 * <pre>
 *   item    | header: 40 bytes | packet header: 48 bytes | data: 168 bytes |     with M_PKTHDR
 *           | header: 40 bytes | data: 216 bytes                           |     without
 * </pre>
 * <ul>
 *   <li>Layout: the item holds only the data. This object holds the fields of BSD's headers. Their bytes in the item are unused, so
 *       a wild write into data cannot corrupt a chain.
 *   <li>Concurrency: only {@code freed} may be accessed by several threads. If two threads free one mbuf, one of them gets the
 *       error.
 *   <li>Invariants: offset and length lie in the buffer. An object is never reused, so a freed mbuf is recognized forever.
 *   <li>Cost: a Java object of 56 bytes for each mbuf, and one atomic operation to free it. An mbuf that is not from the packet zone also
 *       has a {@link Region} and a segment. The first view creates an arena.
 *   <li>Differs from BSD: the kind of storage is given by the class of {@code region}. The flag M_EXT is set in addition, for callers only.
 * </ul>
 */
public final class Mbuf {

    /** The offset of the data in an mbuf without packet header. */
    static final int DATA_OFFSET = MbufFlags.MSIZE - MbufFlags.MLEN;

    /** The offset of the data in an mbuf with a packet header. */
    static final int PACKET_DATA_OFFSET = MbufFlags.MSIZE - MbufFlags.MHLEN;

    private static final VarHandle FREED;

    static {
        try {
            FREED = MethodHandles.lookup().findVarHandle(Mbuf.class, "freed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The mbuf's own memory; null for a packet, whose item is allocated and freed together with its cluster. */
    final @Nullable MemorySegment item;

    /** The region that holds the data: the item, or external storage. */
    Region region;

    @Nullable
    Mbuf next;

    @Nullable
    Mbuf nextpkt;

    int offset;
    int length;
    int packetLength;

    /** The tags of the packet, newest first; null if there are none. Only the thread that owns the chain accesses the list. */
    @Nullable
    List<MbufTag> tags;

    private int flags;
    private short type;
    private @Nullable Object rcvif;

    /** True once the mbuf has been freed, and never reset. Written through {@code FREED}. */
    private boolean freed;

    /** Creates an mbuf with data in its own memory. */
    Mbuf(Mbufs home, MemorySegment item, int flags, int type) {
        this.item = item;
        this.region = new Region(home, item);
        this.offset = (flags & M_PKTHDR) == 0 ? DATA_OFFSET : PACKET_DATA_OFFSET;
        this.flags = flags;
        this.type = (short) type;
    }

    /** Creates an mbuf from a packet, whose data lie in the packet's cluster. */
    Mbuf(Storage.Packet packet, int flags, int type) {
        this.item = null;
        this.region = packet;
        this.flags = flags | M_EXT;
        this.type = (short) type;
    }

    /** {@return the next buffer of the chain (m_next); null at its end} */
    public @Nullable Mbuf next() {
        live("m_next");
        return next;
    }

    /** {@return the next packet of a queue (m_nextpkt); null at its end} */
    public @Nullable Mbuf nextpkt() {
        live("m_nextpkt");
        return nextpkt;
    }

    /**
     * Sets the next packet of a queue.
     *
     * @param packet the next packet; null ends the queue
     */
    public void nextpkt(@Nullable Mbuf packet) {
        live("m_nextpkt");
        nextpkt = packet;
    }

    /** {@return the number of bytes of data in this buffer (m_len)} */
    public int length() {
        live("m_len");
        return length;
    }

    /**
     * Sets the number of bytes of data in this buffer. The packet header's length does not change; the caller must set it.
     *
     * @param bytes the number of bytes, 0 to the room behind the start of the data
     * @throws InvalidMbuf LENGTH if the number is not in that range
     */
    public void length(int bytes) {
        live("m_len");
        int most = capacity() - offset;
        if (bytes < 0 || bytes > most) {
            throw Messages.length("m_len", bytes, most);
        }
        length = bytes;
    }

    /** {@return the M_ flags} */
    public int flags() {
        live("m_flags");
        return flags;
    }

    /** {@return the MT_ type} */
    public int type() {
        live("m_type");
        return type;
    }

    /**
     * {@return the length of the packet that is stored in its header (m_pkthdr.len), in bytes} It may differ from the length of the chain.
     * If it was smaller, {@link Chains#adj} and {@link Chains#split} may make it negative.
     *
     * @throws InvalidMbuf NO_HEADER if there is no packet header
     */
    public int packetLength() {
        header("m_pkthdr");
        return packetLength;
    }

    /**
     * Sets the length of the packet in its header. The value is not compared with the chain.
     *
     * @param bytes the length in bytes, 0 or more
     * @throws InvalidMbuf NO_HEADER if there is no packet header; LENGTH if the length is negative
     */
    public void packetLength(int bytes) {
        header("m_pkthdr");
        if (bytes < 0) {
            throw Messages.length("m_pkthdr", bytes, Integer.MAX_VALUE);
        }
        packetLength = bytes;
    }

    /** {@return the interface on which the packet was received (m_pkthdr.rcvif); null if it was not set} */
    public @Nullable Object rcvif() {
        header("m_pkthdr");
        return rcvif;
    }

    /**
     * Sets the interface on which the packet was received.
     *
     * @param origin the interface; null for none
     */
    public void rcvif(@Nullable Object origin) {
        header("m_pkthdr");
        rcvif = origin;
    }

    /**
     * {@return a view of the present data (mtod), which is read-only if the data are not writable} A writable view stays writable if the
     * data are shared later. Once the last reference to the data is freed, each access through the view throws {@link
     * IllegalStateException}. If a native call uses the view at that time, the view ends in a later free or close of the service, after the
     * call. A view also ends if storage is attached to an empty mbuf or the service is closed.
     */
    public MemorySegment mtod() {
        live("mtod");
        MemorySegment view = region.view(offset, length);
        return isWritable() ? view : view.asReadOnly();
    }

    /**
     * {@return a byte of the data, without creating a view}
     *
     * @param index the index of the byte, 0 to {@link #length()} - 1
     * @throws InvalidMbuf OFFSET if the index is not in that range
     */
    public byte get(int index) {
        live("m_get");
        if (index < 0 || index >= length) {
            throw Messages.offset("m_get", index, length);
        }
        return region.memory.get(ValueLayout.JAVA_BYTE, (long) offset + index);
    }

    /**
     * Sets a byte of the data, without creating a view.
     *
     * @param index the index of the byte, 0 to {@link #length()} - 1
     * @param value the byte
     * @throws InvalidMbuf OFFSET if the index is not in that range; READ_ONLY if the data are shared or read-only
     */
    public void set(int index, byte value) {
        live("m_set");
        if (index < 0 || index >= length) {
            throw Messages.offset("m_set", index, length);
        }
        if (!isWritable()) {
            throw Messages.readOnly("m_set", references());
        }
        region.memory.set(ValueLayout.JAVA_BYTE, (long) offset + index, value);
    }

    /** {@return whether the data may be changed: M_RDONLY is not set and no other mbuf refers to the data (M_WRITABLE)} */
    public boolean isWritable() {
        live("M_WRITABLE");
        return (flags & M_RDONLY) == 0 && references() == 1;
    }

    /** {@return the number of mbufs that refer to the data; 1 for data in the mbuf's own memory} */
    public long references() {
        live("m_ext.ref_cnt");
        return region.references();
    }

    /** {@return the EXT_ type of the external storage; 0 if there is none} */
    public int extType() {
        live("m_ext.ext_type");
        return region instanceof Storage outside ? outside.type : 0;
    }

    /** {@return the number of bytes that can be added before the data (M_LEADINGSPACE); 0 if the data are not writable} */
    public int leadingSpace() {
        return isWritable() ? offset - start() : 0;
    }

    /** {@return the number of bytes that can be added behind the data (M_TRAILINGSPACE); 0 if the data are not writable} */
    public int trailingSpace() {
        return isWritable() ? capacity() - offset - length : 0;
    }

    /** {@return an unmodifiable copy of the list of the packet's tags, newest first} */
    public List<MbufTag> tags() {
        header("m_tag");
        List<MbufTag> now = tags;
        return now == null ? List.of() : List.copyOf(now);
    }

    /**
     * {@return the newest tag with the given cookie and type (m_tag_locate); null if there is none}
     *
     * @param cookie the number of the module that defines the tag's type
     * @param tagType the type of the tag within its module
     */
    public @Nullable MbufTag tag(int cookie, int tagType) {
        header("m_tag_locate");
        return tags().stream()
                .filter(tag -> tag.cookie() == cookie && tag.type() == tagType)
                .findFirst()
                .orElse(null);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }

    /** Sets and clears M_ flags. A flag in both masks is set. */
    void set(int set, int cleared) {
        flags = (flags & ~cleared) | set;
    }

    /** Returns the lowest offset that the data may have. */
    int start() {
        if (isOutside()) {
            return 0;
        }
        return has(M_PKTHDR) ? PACKET_DATA_OFFSET : DATA_OFFSET;
    }

    /** Returns the offset of the end of the buffer, which is the size of the region in bytes. */
    int capacity() {
        return region.size;
    }

    /** Returns whether the data lie in external storage, such as a cluster. */
    boolean isOutside() {
        return region instanceof Storage;
    }

    /** Attaches external storage to an empty mbuf. The caller has ended all views and counted the reference. */
    void attach(Storage outside) {
        region = outside;
        offset = 0;
        length = 0;
        flags |= M_EXT;
    }

    /** Moves the packet header and the tags of another mbuf to this one (M_MOVE_PKTHDR). The other mbuf has no header afterwards. */
    void moveHeader(Mbuf from) {
        copyHeader(from);
        tags = from.tags;
        from.tags = null;
        from.set(0, M_PKTHDR);
    }

    /**
     * Copies the packet header of another mbuf: its flags M_COPYFLAGS, its length and its interface. The tags, and this mbuf's own M_EXT
     * and M_RDONLY, do not change. If this mbuf is empty and has no external storage, its data then begin behind a packet header.
     */
    void copyHeader(Mbuf from) {
        flags = (from.flags & MbufFlags.M_COPYFLAGS & ~M_RDONLY) | (flags & (M_EXT | M_RDONLY));
        packetLength = from.packetLength;
        rcvif = from.rcvif;
        if (!isOutside() && length == 0) {
            offset = PACKET_DATA_OFFSET;
        }
    }

    /** Throws FREED if the mbuf was freed, and NO_HEADER if it has no packet header. */
    void header(String function) {
        live(function);
        if (!has(M_PKTHDR)) {
            throw Messages.noHeader(function);
        }
    }

    void live(String function) {
        if (freed) {
            throw Messages.freed(function);
        }
    }

    /** Marks the mbuf as freed. Throws FREED if it is marked already. */
    void free(String function) {
        if (!FREED.compareAndSet(this, false, true)) {
            throw Messages.freed(function);
        }
    }
}
