package malloc9.samples.ether;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads a classic pcap file, in either byte order, with micro- or nanoseconds.
 *
 * <pre>
 *   file header, 24 bytes                            before each frame, 16 bytes
 *    0  magic a1b2c3d4 (us) or a1b23c4d (ns)          0  seconds
 *    4  version, 2 and 4 in 2 bytes each              4  micro- or nanoseconds
 *    8  time zone, accuracy: unused                   8  captured length in bytes
 *   16  snaplen: longest captured length             12  length on the wire
 *   20  link type: 1 is Ethernet
 * </pre>
 */
final class PcapReader extends Capture {

    static final int MAGIC_MICROS = 0xa1b2c3d4;
    static final int MAGIC_NANOS = 0xa1b23c4d;

    static final int FILE_HEADER_BYTES = 24;
    static final int FRAME_HEADER_BYTES = 16;

    private static final int VERSION_OFFSET = 4;
    private static final int SNAPLEN_OFFSET = 16;
    private static final int LINK_TYPE_OFFSET = 20;
    private static final int CAPTURED_LENGTH_OFFSET = 8;

    /** The bits of the link type above say how long the frame check sequence is. */
    private static final int LINK_TYPE_MASK = 0x03ff_ffff;

    private final ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_BYTES);
    private final int limit;

    /** Reads the file header. */
    PcapReader(CaptureInput in) {
        super(in);
        limit = readFileHeader();
    }

    @Override
    boolean next() {
        long frameHeader = in.offset();
        int present = in.read(header.array(), 0, FRAME_HEADER_BYTES);
        if (present == 0) {
            return false;
        }
        if (present < FRAME_HEADER_BYTES) {
            throw BadCapture.truncated(name(), frameHeader, present, FRAME_HEADER_BYTES, "a frame's header");
        }
        int length = header.getInt(CAPTURED_LENGTH_OFFSET);
        if (length < 0) {
            throw BadCapture.negativeLength(name(), frameHeader + CAPTURED_LENGTH_OFFSET, length);
        }
        if (length > limit) {
            throw BadCapture.hugeLength(name(), frameHeader + CAPTURED_LENGTH_OFFSET, length, limit);
        }
        present = readFrame(length);
        if (present < length) {
            throw BadCapture.truncated(name(), frameHeader + FRAME_HEADER_BYTES, present, length, "a frame");
        }
        return true;
    }

    /** Checks the file header, sets the byte order, and returns the longest length that a frame may have. */
    private int readFileHeader() {
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
        int snaplen = header.getInt(SNAPLEN_OFFSET);
        return snaplen <= 0 ? MAX_FRAME_BYTES : Math.min(snaplen, MAX_FRAME_BYTES);
    }

    /** The order in which the first four bytes are one of the two magics. */
    private ByteOrder byteOrder() {
        int magic = header.order(ByteOrder.BIG_ENDIAN).getInt(0);
        if (magic == MAGIC_MICROS || magic == MAGIC_NANOS) {
            return ByteOrder.BIG_ENDIAN;
        }
        int reversed = Integer.reverseBytes(magic);
        if (reversed == MAGIC_MICROS || reversed == MAGIC_NANOS) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        throw BadCapture.magic(name(), magic);
    }
}
