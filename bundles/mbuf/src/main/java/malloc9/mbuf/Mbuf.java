package malloc9.mbuf;

import static malloc9.mbuf.MbufFlags.M_EXT;
import static malloc9.mbuf.MbufFlags.M_PKTHDR;
import static malloc9.mbuf.MbufFlags.M_RDONLY;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A buffer of a chain (struct mbuf): up to 216 bytes inside, or a part of memory outside that several may share.
 *
 * <p>A chain belongs to one thread at a time; chains that share clusters may belong to different ones. {@link Mbufs} has what works
 * on chains. A method of an mbuf that was freed throws {@link InvalidMbuf}.
 *
 * <p>Implementation note.
 * <pre>
 *   item    | header: 40 bytes | packet header: 48 bytes | data: 168 bytes |     with M_PKTHDR
 *           | header: 40 bytes | data: 216 bytes                           |     without
 * </pre>
 * <ul>
 *   <li>Layout: the item has the data, and this object what BSD has in the headers, whose room stays empty: a wild write into data
 *       derails no chain.
 *   <li>Concurrency: only {@code freed} is for several threads: of two that free one mbuf, one gets the error.
 *   <li>Invariants: offset and length lie in the buffer. An object is never used again, so a freed mbuf is known as that for ever.
 *   <li>Cost: an object of 56 bytes for each mbuf, and an atomic step to free it; a view makes an arena, see {@link Region}.
 *   <li>Differs from BSD: what lies outside is told by {@code region}, and M_EXT follows it.
 * </ul>
 */
public final class Mbuf {

    /** Where data begin without a packet header. */
    static final int DATA_OFFSET = MbufFlags.MSIZE - MbufFlags.MLEN;

    /** Where data begin with one. */
    static final int PACKET_DATA_OFFSET = MbufFlags.MSIZE - MbufFlags.MHLEN;

    private static final VarHandle FREED;

    static {
        try {
            FREED = MethodHandles.lookup().findVarHandle(Mbuf.class, "freed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The mbuf's own memory; null for a packet, whose item comes and goes with its cluster. */
    final @Nullable MemorySegment item;

    /** Where the data lie. */
    Region region;

    @Nullable
    Mbuf next;

    @Nullable
    Mbuf nextpkt;

    int offset;
    int length;
    int packetLength;

    /** By the thread that has the chain; newest first, null for none. */
    @Nullable
    List<MbufTag> tags;

    private int flags;
    private short type;
    private @Nullable Object rcvif;

    /** Once true, for ever; by FREED. */
    private boolean freed;

    /** One with data inside. */
    Mbuf(Mbufs home, MemorySegment item, int flags, int type) {
        this.item = item;
        this.region = new Region(home, item);
        this.offset = (flags & M_PKTHDR) == 0 ? DATA_OFFSET : PACKET_DATA_OFFSET;
        this.flags = flags;
        this.type = (short) type;
    }

    /** A packet. */
    Mbuf(Storage.Packet packet, int flags, int type) {
        this.item = null;
        this.region = packet;
        this.flags = flags | M_EXT;
        this.type = (short) type;
    }

    /** The next buffer of the chain (m_next). */
    public @Nullable Mbuf next() {
        live("m_next");
        return next;
    }

    /** The next packet of a queue (m_nextpkt). */
    public @Nullable Mbuf nextpkt() {
        live("m_nextpkt");
        return nextpkt;
    }

    /** Puts another packet behind this one in a queue. */
    public void nextpkt(@Nullable Mbuf packet) {
        live("m_nextpkt");
        nextpkt = packet;
    }

    /** Bytes of data in this buffer (m_len). */
    public int length() {
        live("m_len");
        return length;
    }

    /**
     * Sets how many bytes of data there are in this buffer; a packet header's length is the caller's to keep.
     *
     * @throws InvalidMbuf LENGTH if there is no such room behind the data's start
     */
    public void length(int bytes) {
        live("m_len");
        int most = capacity() - offset;
        if (bytes < 0 || bytes > most) {
            throw Messages.length("m_len", bytes, most);
        }
        length = bytes;
    }

    /** The M_ flags. */
    public int flags() {
        live("m_flags");
        return flags;
    }

    /** The MT_ type. */
    public int type() {
        live("m_type");
        return type;
    }

    /** The packet's length, as its header has it (m_pkthdr.len). */
    public int packetLength() {
        header("m_pkthdr");
        return packetLength;
    }

    /** Sets the packet's length. */
    public void packetLength(int bytes) {
        header("m_pkthdr");
        if (bytes < 0) {
            throw Messages.length("m_pkthdr", bytes, Integer.MAX_VALUE);
        }
        packetLength = bytes;
    }

    /** Where the packet came in (m_pkthdr.rcvif). */
    public @Nullable Object rcvif() {
        header("m_pkthdr");
        return rcvif;
    }

    /** Sets where the packet came in. */
    public void rcvif(@Nullable Object origin) {
        header("m_pkthdr");
        rcvif = origin;
    }

    /**
     * A view of the data as they are now (mtod); read-only if the data are. It ends with the last reference to them: from then on
     * its use is an {@link IllegalStateException}.
     */
    public MemorySegment mtod() {
        live("mtod");
        MemorySegment view = region.view(offset, length);
        return isWritable() ? view : view.asReadOnly();
    }

    /** A byte of the data, without a view. */
    public byte get(int index) {
        live("m_get");
        if (index < 0 || index >= length) {
            throw Messages.offset("m_get", index, length);
        }
        return region.memory.get(ValueLayout.JAVA_BYTE, (long) offset + index);
    }

    /**
     * Sets a byte of the data, without a view.
     *
     * @throws InvalidMbuf READ_ONLY if they are shared
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

    /** Whether the data may be changed: nobody else refers to them (M_WRITABLE). */
    public boolean isWritable() {
        live("M_WRITABLE");
        return (flags & M_RDONLY) == 0 && references() == 1;
    }

    /** How many mbufs refer to the data. */
    public long references() {
        live("m_ext.ref_cnt");
        return region.references();
    }

    /** The EXT_ type of what lies outside; 0 if nothing does. */
    public int extType() {
        live("m_ext.ext_type");
        return region instanceof Storage outside ? outside.type : 0;
    }

    /** Bytes that go before the data (M_LEADINGSPACE). */
    public int leadingSpace() {
        return isWritable() ? offset - start() : 0;
    }

    /** Bytes that go behind the data (M_TRAILINGSPACE). */
    public int trailingSpace() {
        return isWritable() ? capacity() - offset - length : 0;
    }

    /** The tags of the packet, newest first. */
    public List<MbufTag> tags() {
        header("m_tag");
        List<MbufTag> now = tags;
        return now == null ? List.of() : List.copyOf(now);
    }

    /** The first tag with that cookie and type (m_tag_locate). */
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

    void set(int set, int cleared) {
        flags = (flags & ~cleared) | set;
    }

    /** First offset that data may have. */
    int start() {
        if (isOutside()) {
            return 0;
        }
        return has(M_PKTHDR) ? PACKET_DATA_OFFSET : DATA_OFFSET;
    }

    /** End of the buffer. */
    int capacity() {
        return region.size;
    }

    /** Whether the data lie outside. */
    boolean isOutside() {
        return region instanceof Storage;
    }

    /** Lets the data of an empty mbuf, of which there are no views, lie outside. */
    void attach(Storage outside) {
        region = outside;
        offset = 0;
        length = 0;
        flags |= M_EXT;
    }

    /** Takes the packet header of another, which has none then (M_MOVE_PKTHDR). */
    void moveHeader(Mbuf from) {
        copyHeader(from);
        tags = from.tags;
        from.tags = null;
        from.set(0, M_PKTHDR);
    }

    /** Takes on what the header of another says; its tags are their own. */
    void copyHeader(Mbuf from) {
        flags = (from.flags & MbufFlags.M_COPYFLAGS & ~M_RDONLY) | (flags & (M_EXT | M_RDONLY));
        packetLength = from.packetLength;
        rcvif = from.rcvif;
        if (!isOutside() && length == 0) {
            offset = PACKET_DATA_OFFSET;
        }
    }

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

    /** From now on it is a freed one; an error if it is already. */
    void free(String function) {
        if (!FREED.compareAndSet(this, false, true)) {
            throw Messages.freed(function);
        }
    }
}
