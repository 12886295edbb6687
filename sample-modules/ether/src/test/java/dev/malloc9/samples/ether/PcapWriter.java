package dev.malloc9.samples.ether;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A writer that makes a valid or invalid pcap file in memory. */
final class PcapWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteOrder order;

    PcapWriter(ByteOrder order, int magic, int snaplen, int linkType) {
        this(order, magic, 2, 4, snaplen, linkType);
    }

    PcapWriter(ByteOrder order, int magic, int major, int minor, int snaplen, int linkType) {
        this.order = order;
        ByteBuffer header = ByteBuffer.allocate(PcapReader.FILE_HEADER_BYTES).order(order);
        header.putInt(magic).putShort((short) major).putShort((short) minor);
        header.putInt(0).putInt(0).putInt(snaplen).putInt(linkType);
        out.writeBytes(header.array());
    }

    /** Returns a writer for little-endian files with microseconds, Ethernet and the snaplen of tcpdump. */
    static PcapWriter ordinary() {
        return new PcapWriter(ByteOrder.LITTLE_ENDIAN, PcapReader.MAGIC_MICROS, 262_144, Capture.ETHERNET);
    }

    PcapWriter frame(long micros, byte[] frame) {
        return frame(micros, frame.length, frame);
    }

    /** Writes a frame whose header contains a length that may differ from the real one. */
    PcapWriter frame(long micros, int length, byte[] frame) {
        ByteBuffer header = ByteBuffer.allocate(PcapReader.FRAME_HEADER_BYTES).order(order);
        header.putInt((int) (micros / 1_000_000)).putInt((int) (micros % 1_000_000));
        header.putInt(length).putInt(length);
        out.writeBytes(header.array());
        out.writeBytes(frame);
        return this;
    }

    /** Writes a frame of the modified format, whose header also has the interface, the protocol and the kind of packet. */
    PcapWriter modifiedFrame(long micros, byte[] frame) {
        frame(micros, frame.length, new byte[0]);
        ByteBuffer more = ByteBuffer.allocate(8).order(order);
        out.writeBytes(more.putInt(1).putShort((short) 0x0800).array());
        out.writeBytes(frame);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
