package malloc9.samples.ether;

import java.io.IOException;

/** A capture that cannot be replayed; the text names the file, the offset in bytes and the value that is wrong. */
public final class BadCapture extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private BadCapture(String message) {
        super(message);
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

    static BadCapture truncated(String name, long offset, int present, int expected, String what) {
        return at(name, offset, "truncated: " + present + " of the " + expected + " bytes of " + what);
    }

    static BadCapture magic(String name, int magic) {
        return at(name, 0, String.format("magic 0x%08x is not that of a pcap file", magic));
    }

    static BadCapture pcapng(String name) {
        return at(name, 0, "magic 0x0a0d0d0a is that of a pcapng file; save it as pcap first (editcap -F pcap)");
    }

    static BadCapture version(String name, long offset, int major, int minor) {
        return at(name, offset, "version " + major + "." + minor + " is not 2.4");
    }

    static BadCapture linkType(String name, long offset, int linkType) {
        return at(name, offset, "link type " + linkType + " is not Ethernet (1)");
    }

    static BadCapture negativeLength(String name, long offset, int length) {
        return at(name, offset, "frame length " + length + " is negative");
    }

    static BadCapture hugeLength(String name, long offset, int length, int limit) {
        return at(name, offset, "frame length " + length + " is above the file's limit of " + limit);
    }

    private static BadCapture at(String name, long offset, String what) {
        return new BadCapture("capture " + name + ", offset " + offset + ": " + what);
    }
}
