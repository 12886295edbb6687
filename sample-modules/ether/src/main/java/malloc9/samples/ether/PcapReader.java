package malloc9.samples.ether;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads the frames of a classic pcap file one after the other, in either byte order, with micro- or nanoseconds.
 *
 * <pre>
 *   file header, 24 bytes                            before each frame, 16 bytes
 *    0  magic a1b2c3d4 (us) or a1b23c4d (ns)          0  seconds
 *    4  version, 2 and 4 in 2 bytes each              4  micro- or nanoseconds
 *    8  time zone, accuracy: unused                   8  captured length in bytes
 *   16  snaplen: longest captured length             12  length on the wire
 *   20  link type: 1 is Ethernet
 * </pre>
 *
 * <p>One frame is in memory at a time, in a buffer that is used again. Whatever is wrong is a {@link BadCapture}. For
 * one thread.
 */
final class PcapReader implements AutoCloseable {

    /** No frame is longer, whatever the file header says; libpcap has the same limit. */
    static final int MAX_FRAME_BYTES = 256 * 1024;

    static final int MAGIC_MICROS = 0xa1b2c3d4;
    static final int MAGIC_NANOS = 0xa1b23c4d;
    static final int ETHERNET = 1;

    static final int FILE_HEADER_BYTES = 24;
    static final int FRAME_HEADER_BYTES = 16;

    private static final int VERSION_OFFSET = 4;
    private static final int SNAPLEN_OFFSET = 16;
    private static final int LINK_TYPE_OFFSET = 20;
    private static final int CAPTURED_LENGTH_OFFSET = 8;

    private static final int MAGIC_PCAPNG = 0x0a0d0d0a;
    /** The bits of the link type above say how long the frame check sequence is. */
    private static final int LINK_TYPE_MASK = 0x03ff_ffff;

    private final String name;
    private final InputStream in;
    private final ByteBuffer header = ByteBuffer.allocate(FILE_HEADER_BYTES);
    private final int limit;

    /** Bytes of the file that were read. */
    private long offset;

    private byte[] frame = new byte[2048];
    private int frameLength;

    /** Opens a file; a relative name is resolved against the JVM's working directory. */
    static PcapReader open(String name) {
        try {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                throw BadCapture.directory(name, path.toAbsolutePath().toString());
            }
            return new PcapReader(name, Files.newInputStream(path));
        } catch (InvalidPathException e) {
            throw BadCapture.noName(name, e.getReason());
        } catch (NoSuchFileException e) {
            throw BadCapture.noFile(name, Path.of(name).toAbsolutePath().toString());
        } catch (IOException e) {
            throw BadCapture.unreadable(name, 0, e);
        }
    }

    /**
     * Reads the file header.
     *
     * @param name of the capture, for messages
     * @param in closed with this reader, also when the header is refused
     */
    PcapReader(String name, InputStream in) {
        this.name = name;
        this.in = new BufferedInputStream(in, 64 * 1024);
        boolean accepted = false;
        try {
            limit = readFileHeader();
            accepted = true;
        } finally {
            if (!accepted) {
                close();
            }
        }
    }

    /** The name that messages give the capture. */
    String name() {
        return name;
    }

    /** Goes to the next frame; false at the end of the file. */
    boolean next() {
        long frameHeader = offset;
        int present = read(header.array(), FRAME_HEADER_BYTES);
        if (present == 0) {
            return false;
        }
        if (present < FRAME_HEADER_BYTES) {
            throw BadCapture.truncated(name, frameHeader, present, FRAME_HEADER_BYTES, "a frame's header");
        }
        int length = header.getInt(CAPTURED_LENGTH_OFFSET);
        if (length < 0) {
            throw BadCapture.negativeLength(name, frameHeader + CAPTURED_LENGTH_OFFSET, length);
        }
        if (length > limit) {
            throw BadCapture.hugeLength(name, frameHeader + CAPTURED_LENGTH_OFFSET, length, limit);
        }
        if (length > frame.length) {
            frame = new byte[Math.min(MAX_FRAME_BYTES, Math.max(length, 2 * frame.length))];
        }
        present = read(frame, length);
        if (present < length) {
            throw BadCapture.truncated(name, frameHeader + FRAME_HEADER_BYTES, present, length, "a frame");
        }
        frameLength = length;
        return true;
    }

    /** The captured length of the current frame, in bytes. */
    int frameLength() {
        return frameLength;
    }

    /** Copies the current frame to the start of a segment. */
    void copyFrameTo(MemorySegment segment) {
        MemorySegment.copy(frame, 0, segment, ValueLayout.JAVA_BYTE, 0, frameLength);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw BadCapture.unreadable(name, offset, e);
        }
    }

    /** Checks the file header, sets the byte order, and returns the longest length that a frame may have. */
    private int readFileHeader() {
        int present = read(header.array(), FILE_HEADER_BYTES);
        if (present == 0) {
            throw BadCapture.empty(name);
        }
        if (present >= Integer.BYTES) {
            header.order(byteOrder());
        }
        if (present < FILE_HEADER_BYTES) {
            throw BadCapture.truncated(name, 0, present, FILE_HEADER_BYTES, "the file's header");
        }
        int major = Short.toUnsignedInt(header.getShort(VERSION_OFFSET));
        int minor = Short.toUnsignedInt(header.getShort(VERSION_OFFSET + Short.BYTES));
        if (major != 2 || minor != 4) {
            throw BadCapture.version(name, VERSION_OFFSET, major, minor);
        }
        int linkType = header.getInt(LINK_TYPE_OFFSET) & LINK_TYPE_MASK;
        if (linkType != ETHERNET) {
            throw BadCapture.linkType(name, LINK_TYPE_OFFSET, linkType);
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
        throw magic == MAGIC_PCAPNG ? BadCapture.pcapng(name) : BadCapture.magic(name, magic);
    }

    /** Fills the start of the array; less than that only at the end of the file. */
    private int read(byte[] target, int length) {
        try {
            int present = in.readNBytes(target, 0, length);
            offset += present;
            return present;
        } catch (IOException e) {
            throw BadCapture.unreadable(name, offset, e);
        }
    }
}
