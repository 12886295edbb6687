package dev.malloc9.mbuf;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operations on the tags of packets (m_tag_alloc and the like). */
final class Tags {

    @MallocDefine(name = "mbuf_tag", description = "packet-attached information")
    static final MallocType M_PACKET_TAGS = MallocType.define();

    private static final int MOST = 65_535;

    private final Malloc malloc;

    Tags(Malloc malloc) {
        this.malloc = malloc;
    }

    /** Adds a new tag before the other tags of a packet. Returns null only if the request does not wait and there is no memory. */
    @Nullable
    MbufTag add(Mbuf packet, int cookie, int type, int bytes, long how) {
        packet.header("m_tag_alloc");
        if (bytes < 0 || bytes > MOST) {
            throw Messages.length("m_tag_alloc", bytes, MOST);
        }
        MbufTag tag = make(cookie, type, bytes, how);
        if (tag != null) {
            List<MbufTag> tags = new ArrayList<>(List.of(tag));
            tags.addAll(packet.tags());
            packet.tags = tags;
        }
        return tag;
    }

    /** Removes a tag from a packet and frees it. Returns false if the packet does not have the tag. */
    boolean delete(Mbuf packet, MbufTag tag) {
        packet.header("m_tag_delete");
        List<MbufTag> tags = new ArrayList<>(packet.tags());
        if (!tags.remove(tag)) {
            return false;
        }
        packet.tags = tags.isEmpty() ? null : tags;
        malloc.free(tag.block(), M_PACKET_TAGS);
        return true;
    }

    /**
     * Gives a packet without tags copies of another packet's tags, in the same order (m_tag_copy_chain). If there is no memory, copies none
     * and returns false.
     */
    boolean copy(Mbuf to, Mbuf from, long how) {
        List<MbufTag> tags = from.tags;
        if (tags == null) {
            return true;
        }
        List<MbufTag> copies = new ArrayList<>(tags.size());
        for (MbufTag tag : tags) {
            int bytes = (int) tag.data().byteSize();
            MbufTag copy = make(tag.cookie(), tag.type(), bytes, how);
            if (copy == null) {
                copies.forEach(made -> malloc.free(made.block(), M_PACKET_TAGS));
                return false;
            }
            copy.data().copyFrom(tag.data());
            copies.add(copy);
        }
        to.tags = copies;
        return true;
    }

    /** Frees all tags of a packet (m_tag_delete_chain). */
    void free(Mbuf packet) {
        List<MbufTag> tags = packet.tags;
        packet.tags = null;
        if (tags != null) {
            tags.forEach(tag -> malloc.free(tag.block(), M_PACKET_TAGS));
        }
    }

    private @Nullable MbufTag make(int cookie, int type, int bytes, long how) {
        int size = bytes + MbufTag.HEADER;
        MemorySegment block = how == M_WAITOK
                ? malloc.malloc(size, M_PACKET_TAGS, M_WAITOK)
                : malloc.malloc(size, M_PACKET_TAGS, how);
        return block == null ? null : new MbufTag(cookie, type, block);
    }
}
