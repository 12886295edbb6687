package dev.malloc9.samples.ether;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A writer that makes a valid or invalid pcapng file in memory. */
final class PcapngWriter {

    /** The number of interfaces of an {@link #ordinary} file. */
    static final int ORDINARY_INTERFACES = 2;

    /** The options of a block: a comment of one letter, padded, and the end of the options. */
    private static final int[] OPTIONS = {0x0001_0001, 0x6100_0000, 0};

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private ByteOrder order = ByteOrder.BIG_ENDIAN;

    /** Returns a writer with a little-endian section of two Ethernet interfaces, and with a block and options that a reader must skip. */
    static PcapngWriter ordinary() {
        return new PcapngWriter()
                .section(ByteOrder.LITTLE_ENDIAN)
                .ethernet(0)
                .block(0x0000_0bad, 1, 2, 3)
                .ethernet(262_144);
    }

    /** Begins a section without interfaces. */
    PcapngWriter section(ByteOrder sectionOrder) {
        return section(sectionOrder, 1, 0);
    }

    PcapngWriter section(ByteOrder sectionOrder, int major, int minor) {
        order = sectionOrder;
        ByteBuffer body = body(16 + 4 * OPTIONS.length);
        body.putInt(PcapngReader.BYTE_ORDER_MAGIC).putShort((short) major).putShort((short) minor);
        putOptions(body.putLong(-1));
        return block(PcapngReader.SECTION, content(body));
    }

    PcapngWriter ethernet(int snaplen) {
        return described(Capture.ETHERNET, snaplen);
    }

    PcapngWriter described(int linkType, int snaplen) {
        ByteBuffer body = body(8 + 4 * OPTIONS.length);
        putOptions(body.putShort((short) linkType).putShort((short) 0).putInt(snaplen));
        return block(PcapngReader.INTERFACE, content(body));
    }

    PcapngWriter frame(int number, long micros, byte[] frame) {
        return frame(number, micros, frame.length, frame);
    }

    /** Writes a frame whose block contains a captured length that may differ from the real one. */
    PcapngWriter frame(int number, long micros, int length, byte[] frame) {
        ByteBuffer body = body(20 + filledUp(frame) + 4 * OPTIONS.length);
        body.putInt(number)
                .putInt((int) (micros >>> 32))
                .putInt((int) micros)
                .putInt(length)
                .putInt(frame.length);
        putOptions(body.put(frame).position(20 + filledUp(frame)));
        return block(PcapngReader.PACKET, content(body));
    }

    PcapngWriter olderFrame(int number, byte[] frame) {
        ByteBuffer body = body(20 + filledUp(frame));
        body.putShort((short) number)
                .putShort((short) 7)
                .putLong(0)
                .putInt(frame.length)
                .putInt(frame.length);
        return block(PcapngReader.OLDER_PACKET, content(body.put(frame)));
    }

    /**
     * Writes a frame of which only a part was kept.
     *
     * @param wireLength the length on the wire in bytes
     */
    PcapngWriter shortFrame(int wireLength, byte[] kept) {
        ByteBuffer body = body(4 + filledUp(kept));
        return block(PcapngReader.SHORT_PACKET, content(body.putInt(wireLength).put(kept)));
    }

    PcapngWriter block(int type, int... words) {
        ByteBuffer body = body(4 * words.length);
        for (int word : words) {
            body.putInt(word);
        }
        return block(type, content(body));
    }

    private PcapngWriter block(int type, byte[] body) {
        return lyingBlock(type, 12 + body.length, 12 + body.length, body);
    }

    /** Writes a block with the given lengths at its start and end, which may be wrong. */
    PcapngWriter lyingBlock(int type, int length, int lengthAtEnd, byte... body) {
        out.writeBytes(content(body(8).putInt(type).putInt(length)));
        out.writeBytes(body);
        out.writeBytes(content(body(4).putInt(lengthAtEnd)));
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    private ByteBuffer body(int bytes) {
        return ByteBuffer.allocate(bytes).order(order);
    }

    private static byte[] content(ByteBuffer body) {
        byte[] content = new byte[body.capacity()];
        body.get(0, content);
        return content;
    }

    private static void putOptions(ByteBuffer body) {
        for (int word : OPTIONS) {
            body.putInt(word);
        }
    }

    private static int filledUp(byte[] frame) {
        return (frame.length + 3) & ~3;
    }
}
