package dev.malloc9.samples.ether;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a pcapng file: blocks in sections, each section with its own byte order and its own interfaces.
 *
 * <pre>
 *   every block                  section, 0a0d0d0a        interface, 1      packet, 6 (2 is its older form)
 *    0  type                      8  order 1a2b3c4d        8  link type      8  interface (in 2: 2 bytes)
 *    4  length of the block      12  version, 1 and 0     12  snaplen       12  time
 *    8  body of the type         16  section's length     16  options       20  captured length in bytes
 *    …  options, if any          24  options                                24  length on the wire
 *   -4  length once more                                  short packet, 3   28  the frame, filled up to 4
 *                                                          8  length on the wire
 *                                                         12  the frame: no longer than interface 0's snaplen
 * </pre>
 *
 * <p>Frames of an interface that is not Ethernet are skipped and counted. If a file has interfaces and all of them are of that kind,
 * it is refused at its end.
 *
 * <p>Blocks of other types are skipped, as the format asks, and so are options and times. A block is read in steps, so a block with
 * a wrong, large length costs no memory.
 */
final class PcapngReader extends Capture {

    /** The type of a section block, whose bytes are the same in both byte orders. */
    static final int SECTION = 0x0a0d0d0a;

    static final int INTERFACE = 1;
    static final int OLDER_PACKET = 2;
    static final int SHORT_PACKET = 3;
    static final int PACKET = 6;

    static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;

    /** The number of bytes of type and length. */
    private static final int HEAD_BYTES = 8;
    /** The number of bytes of the repeated length. */
    private static final int TAIL_BYTES = 4;

    private static final int LENGTH_OFFSET = 4;
    private static final int VERSION_OFFSET = 12;
    private static final int SNAPLEN_OFFSET = 12;
    private static final int CAPTURED_LENGTH_OFFSET = 20;

    /** The current block up to its options or its frame. */
    private final ByteBuffer block = ByteBuffer.allocate(28);

    private long blockStart;
    private long blockLength;

    /** An interface that a section describes. */
    private static final class Interface {
        private final int section;
        private final int number;
        private final int linkType;
        private long skipped;

        Interface(int section, int number, int linkType) {
            this.section = section;
            this.number = number;
            this.linkType = linkType;
        }
    }

    private int sections;

    /** The interfaces that the current section has described so far. */
    private final List<Interface> interfaces = new ArrayList<>();

    /** The interfaces of all sections that are not Ethernet. */
    private final List<Interface> foreign = new ArrayList<>();

    private long firstForeignOffset;
    private boolean ethernet;

    /** The largest length of a captured frame of the section's first interface; {@link Long#MAX_VALUE} for no limit. */
    private long firstSnaplen;

    /** Creates a reader. Nothing is read yet, since the file's first block is read like the others. */
    PcapngReader(CaptureInput in) {
        super(in);
    }

    @Override
    boolean next() {
        while (readHead()) {
            boolean frame = switch (block.getInt(0)) {
                case SECTION -> readSection();
                case INTERFACE -> readInterface();
                case PACKET -> readPacket(true);
                case OLDER_PACKET -> readPacket(false);
                case SHORT_PACKET -> readShortPacket();
                default -> false;
            };
            readTail();
            if (frame) {
                return true;
            }
        }
        if (!foreign.isEmpty() && !ethernet) {
            throw BadCapture.linkType(name(), firstForeignOffset, foreign.getFirst().linkType);
        }
        return false;
    }

    @Override
    List<String> skipped() {
        return foreign.stream()
                .map(skipped -> "skipped interface " + skipped.number
                        + (sections > 1 ? " of section " + skipped.section : "") + ": link type " + skipped.linkType
                        + " is not Ethernet (1), frames: " + skipped.skipped)
                .toList();
    }

    /** Reads type and length of a block; returns false at the end of the file. The third word of a section block gives the byte order. */
    private boolean readHead() {
        blockStart = in.offset();
        int present = in.read(block.array(), 0, HEAD_BYTES);
        if (present == 0) {
            return false;
        }
        if (present < HEAD_BYTES) {
            throw BadCapture.truncated(name(), blockStart, present, HEAD_BYTES, "a block's header");
        }
        if (block.getInt(0) == SECTION) {
            readByteOrder();
        }
        blockLength = Integer.toUnsignedLong(block.getInt(LENGTH_OFFSET));
        if (blockLength % Integer.BYTES != 0) {
            throw BadCapture.unevenBlock(name(), blockStart + LENGTH_OFFSET, blockLength);
        }
        if (in.offset() + TAIL_BYTES > blockStart + blockLength) {
            throw BadCapture.shortBlock(
                    name(), blockStart + LENGTH_OFFSET, blockLength, in.offset() - blockStart + TAIL_BYTES);
        }
        return true;
    }

    private void readByteOrder() {
        int present = in.read(block.array(), HEAD_BYTES, Integer.BYTES);
        if (present < Integer.BYTES) {
            throw BadCapture.truncated(
                    name(), blockStart, HEAD_BYTES + present, HEAD_BYTES + Integer.BYTES, "a section's header");
        }
        int magic = block.order(ByteOrder.BIG_ENDIAN).getInt(HEAD_BYTES);
        if (Integer.reverseBytes(magic) == BYTE_ORDER_MAGIC) {
            block.order(ByteOrder.LITTLE_ENDIAN);
        } else if (magic != BYTE_ORDER_MAGIC) {
            throw BadCapture.byteOrder(name(), blockStart + HEAD_BYTES, magic);
        }
    }

    private boolean readSection() {
        readUpTo(24);
        int major = Short.toUnsignedInt(block.getShort(VERSION_OFFSET));
        int minor = Short.toUnsignedInt(block.getShort(VERSION_OFFSET + Short.BYTES));
        // Some programs wrote 1.2 by mistake; the format is the same as 1.0.
        if (major != 1 || (minor != 0 && minor != 2)) {
            throw BadCapture.version(name(), blockStart + VERSION_OFFSET, major, minor, "1.0");
        }
        sections++;
        interfaces.clear();
        return false;
    }

    private boolean readInterface() {
        readUpTo(16);
        int linkType = Short.toUnsignedInt(block.getShort(HEAD_BYTES));
        Interface described = new Interface(sections, interfaces.size(), linkType);
        if (linkType == ETHERNET) {
            ethernet = true;
        } else {
            if (foreign.isEmpty()) {
                firstForeignOffset = blockStart + HEAD_BYTES;
            }
            foreign.add(described);
        }
        interfaces.add(described);
        if (interfaces.size() == 1) {
            long snaplen = Integer.toUnsignedLong(block.getInt(SNAPLEN_OFFSET));
            firstSnaplen = snaplen == 0 ? Long.MAX_VALUE : snaplen;
        }
        return false;
    }

    private boolean readPacket(boolean current) {
        readUpTo(28);
        long number = current
                ? Integer.toUnsignedLong(block.getInt(HEAD_BYTES))
                : Short.toUnsignedInt(block.getShort(HEAD_BYTES));
        if (isForeign(number)) {
            return false;
        }
        readCaptured(CAPTURED_LENGTH_OFFSET, Integer.toUnsignedLong(block.getInt(CAPTURED_LENGTH_OFFSET)));
        return true;
    }

    private boolean readShortPacket() {
        readUpTo(12);
        if (isForeign(0)) {
            return false;
        }
        readCaptured(HEAD_BYTES, Math.min(Integer.toUnsignedLong(block.getInt(HEAD_BYTES)), firstSnaplen));
        return true;
    }

    /** Returns whether an interface is not Ethernet, and counts the frame as skipped if so. Throws BadCapture for an unknown interface. */
    private boolean isForeign(long number) {
        if (number >= interfaces.size()) {
            throw BadCapture.noInterface(name(), blockStart + HEAD_BYTES, number, interfaces.size());
        }
        Interface of = interfaces.get((int) number);
        if (of.linkType == ETHERNET) {
            return false;
        }
        of.skipped++;
        return true;
    }

    /** Makes the next bytes of the block the current frame. */
    private void readCaptured(int lengthOffset, long length) {
        if (length > left()) {
            throw BadCapture.lengthAboveBlock(name(), blockStart + lengthOffset, length, left());
        }
        if (length > MAX_FRAME_BYTES) {
            throw BadCapture.hugeLength(name(), blockStart + lengthOffset, length, MAX_FRAME_BYTES);
        }
        if (readFrame((int) length) < length) {
            throw truncated();
        }
    }

    /** Reads the block up to the given offset in it. */
    private void readUpTo(int end) {
        if (end + TAIL_BYTES > blockLength) {
            throw BadCapture.shortBlock(name(), blockStart + LENGTH_OFFSET, blockLength, end + TAIL_BYTES);
        }
        int from = (int) (in.offset() - blockStart);
        if (in.read(block.array(), from, end - from) < end - from) {
            throw truncated();
        }
    }

    /** Skips the rest of the block, and checks that its two lengths are equal. */
    private void readTail() {
        long rest = left();
        long tail = blockStart + blockLength - TAIL_BYTES;
        if (in.skip(rest) < rest || in.read(block.array(), 0, TAIL_BYTES) < TAIL_BYTES) {
            throw truncated();
        }
        long repeated = Integer.toUnsignedLong(block.getInt(0));
        if (repeated != blockLength) {
            throw BadCapture.otherLength(name(), tail, repeated, blockLength);
        }
    }

    /** Returns the number of bytes between the current position and the block's second length. */
    private long left() {
        return blockStart + blockLength - TAIL_BYTES - in.offset();
    }

    private BadCapture truncated() {
        return BadCapture.truncated(name(), blockStart, in.offset() - blockStart, blockLength, "a block");
    }
}
