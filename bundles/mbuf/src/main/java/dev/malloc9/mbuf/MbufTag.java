package dev.malloc9.mbuf;

import java.lang.foreign.MemorySegment;

/** A tag that is attached to a packet (struct m_tag), in memory of the type {@code mbuf_tag}. */
public final class MbufTag {

    /** The number of bytes before a tag's data, which is the size of struct m_tag. */
    static final int HEADER = 24;

    private final int cookie;
    private final int type;
    private final MemorySegment block;

    MbufTag(int cookie, int type, MemorySegment block) {
        this.cookie = cookie;
        this.type = type;
        this.block = block;
    }

    /** {@return the number of the module that defines the tag (m_tag_cookie)} */
    public int cookie() {
        return cookie;
    }

    /** {@return the tag's type within its module (m_tag_id)} */
    public int type() {
        return type;
    }

    /** {@return the tag's data} They must not be used after the tag or its packet is freed. */
    public MemorySegment data() {
        return block.asSlice(HEADER);
    }

    MemorySegment block() {
        return block;
    }
}
