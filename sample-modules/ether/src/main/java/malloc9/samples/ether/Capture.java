package malloc9.samples.ether;

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
 * A capture gives the frames of a file one after the other, whatever the file's format.
 *
 * <p>One frame is in memory at a time, in a buffer that is used again. Whatever is wrong is a {@link BadCapture}. For
 * one thread.
 */
abstract sealed class Capture implements AutoCloseable permits PcapReader, PcapngReader {

    /** No frame is longer, whatever a file says; libpcap has the same limit. */
    static final int MAX_FRAME_BYTES = 256 * 1024;

    /** The link type of Ethernet, the only one that is replayed. */
    static final int ETHERNET = 1;

    final CaptureInput in;

    private byte[] frame = new byte[2048];
    private int frameLength;

    Capture(CaptureInput in) {
        this.in = in;
    }

    /** Opens a file; a relative name is resolved against the JVM's working directory. */
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
     * The capture in a stream, in the format that its first four bytes tell.
     *
     * @param name of the capture, for messages
     * @param stream closed with the capture, also when its start is refused
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

    /** The name that messages give the capture. */
    final String name() {
        return in.name;
    }

    /** Goes to the next frame of an Ethernet interface; false at the end of the file. */
    abstract boolean next();

    /** Returns one line for each interface so far that is not Ethernet, with the number of its frames. */
    List<String> skipped() {
        return List.of();
    }

    /** The captured length of the current frame, in bytes. */
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

    /** Makes the next bytes the current frame; returns how many there were. */
    final int readFrame(int length) {
        if (length > frame.length) {
            frame = new byte[Math.min(MAX_FRAME_BYTES, Math.max(length, 2 * frame.length))];
        }
        frameLength = in.read(frame, 0, length);
        return frameLength;
    }
}
