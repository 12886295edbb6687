package malloc9.mbuf;

import java.lang.foreign.MemorySegment;

/** A note that goes along with a packet (struct m_tag), in memory of the type {@code mbuf_tag}. */
public final class MbufTag {

    /** Bytes before a tag's data, as struct m_tag has them. */
    static final int HEADER = 24;

    private final int cookie;
    private final int type;
    private final MemorySegment block;

    MbufTag(int cookie, int type, MemorySegment block) {
        this.cookie = cookie;
        this.type = type;
        this.block = block;
    }

    /** Whose tag it is (m_tag_cookie). */
    public int cookie() {
        return cookie;
    }

    /** Which of theirs (m_tag_id). */
    public int type() {
        return type;
    }

    /** Its data; they are the packet's, and not to be used after it. */
    public MemorySegment data() {
        return block.asSlice(HEADER);
    }

    MemorySegment block() {
        return block;
    }
}
