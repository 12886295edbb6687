package dev.malloc9.samples.ether;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An exception for a capture that cannot be replayed. The message has the file's name and, for an error in the file, the offset in
 * bytes and the wrong value.
 */
public final class BadCapture extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** The counts of the frames before the error; null if they were not set or no frame was read. */
    private transient @Nullable Counts before;

    private BadCapture(String message) {
        super(message);
    }

    /** Returns the counts of the complete frames before the error; null if no frame was read. */
    public @Nullable Counts before() {
        return before;
    }

    /** Sets the counts of the complete frames before the error, and returns this exception. */
    BadCapture after(Counts counts) {
        before = counts.frames() == 0 ? null : counts;
        return this;
    }

    static BadCapture noFile(String name, String absolute) {
        return new BadCapture("capture " + name + ": no such file (" + absolute + ")");
    }

    static BadCapture directory(String name, String absolute) {
        return new BadCapture("capture " + name + ": is a directory (" + absolute + ")");
    }

    static BadCapture noName(String name, String reason) {
        return new BadCapture("capture " + name + ": not the name of a file (" + reason + ")");
    }

    static BadCapture unreadable(String name, long offset, IOException cause) {
        BadCapture bad = at(name, offset, "cannot be read: " + cause);
        bad.initCause(cause);
        return bad;
    }

    static BadCapture empty(String name) {
        return at(name, 0, "the file is empty");
    }

    static BadCapture truncated(String name, long offset, long present, long expected, String what) {
        return at(name, offset, "truncated: " + present + " of the " + expected + " bytes of " + what);
    }

    static BadCapture magic(String name, int magic) {
        return at(name, 0, String.format(Locale.ROOT, "magic 0x%08x is not that of a pcap or pcapng file", magic));
    }

    static BadCapture version(String name, long offset, int major, int minor, String expected) {
        return at(name, offset, "version " + major + "." + minor + " is not " + expected);
    }

    static BadCapture linkType(String name, long offset, int linkType) {
        return at(name, offset, "link type " + linkType + " is not Ethernet (1)");
    }

    static BadCapture negativeLength(String name, long offset, int length) {
        return at(name, offset, "frame length " + length + " is negative");
    }

    static BadCapture hugeLength(String name, long offset, long length, int limit) {
        return at(name, offset, "frame length " + length + " is above the limit of " + limit);
    }

    static BadCapture byteOrder(String name, long offset, int magic) {
        return at(
                name,
                offset,
                String.format(Locale.ROOT, "byte-order magic 0x%08x is not 0x1a2b3c4d in either order", magic));
    }

    static BadCapture unevenBlock(String name, long offset, long length) {
        return at(name, offset, "block length " + length + " is not a multiple of 4");
    }

    static BadCapture shortBlock(String name, long offset, long length, long least) {
        return at(name, offset, "block length " + length + " is below the " + least + " of a block of its type");
    }

    static BadCapture otherLength(String name, long offset, long repeated, long length) {
        return at(name, offset, "block length " + repeated + " at its end is not the " + length + " at its start");
    }

    static BadCapture lengthAboveBlock(String name, long offset, long length, long left) {
        return at(name, offset, "captured length " + length + " is above the " + left + " bytes left in the block");
    }

    static BadCapture noInterface(String name, long offset, long number, long described) {
        return at(name, offset, "interface " + number + " is not one of the " + described + " described");
    }

    private static BadCapture at(String name, long offset, String what) {
        return new BadCapture("capture " + name + ", offset " + offset + ": " + what);
    }
}
