package dev.malloc9.samples.ether;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * A capture that returns the frames of a file in order, independent of the file's format.
 *
 * <p>One frame is in memory at a time, in a buffer that is reused. Each error is reported as a {@link BadCapture}. A capture is for
 * one thread.
 */
abstract sealed class Capture implements AutoCloseable permits PcapReader, PcapngReader {

    /** The largest length of a frame in bytes. At a longer frame, the capture is refused; libpcap has the same limit. */
    static final int MAX_FRAME_BYTES = 256 * 1024;

    /** The link type of Ethernet, the only one that is replayed. */
    static final int ETHERNET = 1;

    final CaptureInput in;

    private byte[] frame = new byte[2048];
    private int frameLength;

    Capture(CaptureInput in) {
        this.in = in;
    }

    /**
     * Opens a file. A relative name is resolved against the JVM's working directory.
     *
     * @throws BadCapture if the name is invalid, or the file is missing, a directory, unreadable or of another format
     */
    static Capture open(String name) {
        try {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                throw BadCapture.directory(name, path.toAbsolutePath().toString());
            }
            return of(name, Files.newInputStream(path));
        } catch (InvalidPathException e) {
            throw BadCapture.noName(name, e.getReason());
        } catch (NoSuchFileException e) {
            throw BadCapture.noFile(name, Path.of(name).toAbsolutePath().toString());
        } catch (IOException e) {
            throw BadCapture.unreadable(name, 0, e);
        }
    }

    /**
     * Returns the capture in a stream. The first four bytes decide between pcapng and pcap.
     *
     * @param name the name of the capture for messages
     * @param stream the bytes of the file; closed with the capture, and also if the capture is refused
     */
    static Capture of(String name, InputStream stream) {
        CaptureInput in = new CaptureInput(name, stream);
        boolean accepted = false;
        try {
            byte[] magic = new byte[Integer.BYTES];
            boolean pcapng =
                    in.peek(magic) == magic.length && ByteBuffer.wrap(magic).getInt() == PcapngReader.SECTION;
            Capture capture = pcapng ? new PcapngReader(in) : new PcapReader(in);
            accepted = true;
            return capture;
        } finally {
            if (!accepted) {
                in.close();
            }
        }
    }

    /** Returns the name of the capture for messages. */
    final String name() {
        return in.name;
    }

    /** Reads the next frame of an Ethernet interface; returns false at the end of the file. Throws BadCapture if the file is damaged. */
    abstract boolean next();

    /** Returns one line for each interface so far that is not Ethernet, with the number of its frames. */
    List<String> skipped() {
        return List.of();
    }

    /** Returns the captured length of the current frame, in bytes. */
    final int frameLength() {
        return frameLength;
    }

    /** Copies the current frame to the start of a segment. */
    final void copyFrameTo(MemorySegment segment) {
        MemorySegment.copy(frame, 0, segment, ValueLayout.JAVA_BYTE, 0, frameLength);
    }

    @Override
    public final void close() {
        in.close();
    }

    /**
     * Makes the next bytes the current frame. Returns the number of bytes read, which is smaller than the length only at the end of
     * the file.
     */
    final int readFrame(int length) {
        if (length > frame.length) {
            frame = new byte[Math.min(MAX_FRAME_BYTES, Math.max(length, 2 * frame.length))];
        }
        frameLength = in.read(frame, 0, length);
        return frameLength;
    }
}
