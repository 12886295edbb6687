package malloc9.samples.ether;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes a pcapng file in memory, good or bad. */
final class PcapngWriter {

    /** How many interfaces an {@link #ordinary} file has. */
    static final int ORDINARY_INTERFACES = 2;

    /** A comment of one letter, filled up, and the end of options. */
    private static final int[] OPTIONS = {0x0001_0001, 0x6100_0000, 0};

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private ByteOrder order = ByteOrder.BIG_ENDIAN;

    /** A section of two Ethernet interfaces, in the byte order of most machines, with things to pass over. */
    static PcapngWriter ordinary() {
        return new PcapngWriter()
                .section(ByteOrder.LITTLE_ENDIAN)
                .ethernet(0)
                .block(0x0000_0bad, 1, 2, 3)
                .ethernet(262_144);
    }

    /** A section without interfaces yet. */
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

    /** A frame whose block tells another captured length than it has. */
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

    /** A frame that was longer on the wire than what is kept of it. */
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

    /** A block with whatever lengths at its start and end. */
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
