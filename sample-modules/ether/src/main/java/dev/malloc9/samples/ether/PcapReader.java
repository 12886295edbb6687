package dev.malloc9.samples.ether;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads a classic pcap file of either byte order, with microseconds or nanoseconds, or in the modified format of old Linux systems.
 *
 * <pre>
 *   file header, 24 bytes                            before each frame, 16 bytes, or 24 if modified
 *    0  magic a1b2c3d4 (us), a1b23c4d (ns)            0  seconds
 *       or a1b2cd34 (modified, us)                    4  micro- or nanoseconds
 *    4  version, 2 and 4 in 2 bytes each              8  captured length in bytes
 *    8  time zone, accuracy: unused                  12  length on the wire
 *   16  snaplen: unused                              16  modified: interface, protocol, kind of packet
 *   20  link type: 1 is Ethernet
 * </pre>
 *
 * <p>Frames may be longer than the snaplen, since some programs write a wrong snaplen.
 */
final class PcapReader extends Capture {

    static final int MAGIC_MICROS = 0xa1b2c3d4;
    static final int MAGIC_NANOS = 0xa1b23c4d;
    static final int MAGIC_MODIFIED = 0xa1b2cd34;

    static final int FILE_HEADER_BYTES = 24;
    static final int FRAME_HEADER_BYTES = 16;
    static final int MODIFIED_FRAME_HEADER_BYTES = 24;

    private static final int VERSION_OFFSET = 4;
    private static final int LINK_TYPE_OFFSET = 20;
    private static final int CAPTURED_LENGTH_OFFSET = 8;

    /** The mask of the link type. The bits above it contain the length of the frame check sequence. */
    private static final int LINK_TYPE_MASK = 0x03ff_ffff;

    private final ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_BYTES);
    private final int frameHeaderBytes;

    /** Creates a reader, and reads and checks the file header. */
    PcapReader(CaptureInput in) {
        super(in);
        readFileHeader();
        frameHeaderBytes = header.getInt(0) == MAGIC_MODIFIED ? MODIFIED_FRAME_HEADER_BYTES : FRAME_HEADER_BYTES;
    }

    @Override
    boolean next() {
        long frameHeader = in.offset();
        int present = in.read(header.array(), 0, frameHeaderBytes);
        if (present == 0) {
            return false;
        }
        if (present < frameHeaderBytes) {
            throw BadCapture.truncated(name(), frameHeader, present, frameHeaderBytes, "a frame's header");
        }
        int length = header.getInt(CAPTURED_LENGTH_OFFSET);
        if (length < 0) {
            throw BadCapture.negativeLength(name(), frameHeader + CAPTURED_LENGTH_OFFSET, length);
        }
        if (length > MAX_FRAME_BYTES) {
            throw BadCapture.hugeLength(name(), frameHeader + CAPTURED_LENGTH_OFFSET, length, MAX_FRAME_BYTES);
        }
        present = readFrame(length);
        if (present < length) {
            throw BadCapture.truncated(name(), frameHeader + frameHeaderBytes, present, length, "a frame");
        }
        return true;
    }

    /** Checks the file header, and sets the byte order. */
    private void readFileHeader() {
        int present = in.read(header.array(), 0, FILE_HEADER_BYTES);
        if (present == 0) {
            throw BadCapture.empty(name());
        }
        if (present >= Integer.BYTES) {
            header.order(byteOrder());
        }
        if (present < FILE_HEADER_BYTES) {
            throw BadCapture.truncated(name(), 0, present, FILE_HEADER_BYTES, "the file's header");
        }
        int major = Short.toUnsignedInt(header.getShort(VERSION_OFFSET));
        int minor = Short.toUnsignedInt(header.getShort(VERSION_OFFSET + Short.BYTES));
        if (major != 2 || minor != 4) {
            throw BadCapture.version(name(), VERSION_OFFSET, major, minor, "2.4");
        }
        int linkType = header.getInt(LINK_TYPE_OFFSET) & LINK_TYPE_MASK;
        if (linkType != ETHERNET) {
            throw BadCapture.linkType(name(), LINK_TYPE_OFFSET, linkType);
        }
    }

    /** Returns the byte order in which the first four bytes are one of the magic numbers. Throws BadCapture if there is none. */
    private ByteOrder byteOrder() {
        int magic = header.order(ByteOrder.BIG_ENDIAN).getInt(0);
        if (isMagic(magic)) {
            return ByteOrder.BIG_ENDIAN;
        }
        if (isMagic(Integer.reverseBytes(magic))) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        throw BadCapture.magic(name(), magic);
    }

    private static boolean isMagic(int magic) {
        return magic == MAGIC_MICROS || magic == MAGIC_NANOS || magic == MAGIC_MODIFIED;
    }
}
