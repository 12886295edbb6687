package malloc9.samples.ether;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The bytes of a capture, front to back, with a count for messages. For one thread. */
final class CaptureInput implements AutoCloseable {

    /** The name that messages give the capture. */
    final String name;

    private final InputStream in;
    private long offset;

    CaptureInput(String name, InputStream in) {
        this.name = name;
        this.in = new BufferedInputStream(in, 64 * 1024);
    }

    /** How many bytes were read. */
    long offset() {
        return offset;
    }

    /** Fills the start of the array, and does not go on from there; less than that only at the end of the file. */
    int peek(byte[] target) {
        try {
            in.mark(target.length);
            int present = in.readNBytes(target, 0, target.length);
            in.reset();
            return present;
        } catch (IOException e) {
            throw BadCapture.unreadable(name, offset, e);
        }
    }

    /** Fills a part of the array; less than that only at the end of the file. */
    int read(byte[] target, int from, int length) {
        try {
            int present = in.readNBytes(target, from, length);
            offset += present;
            return present;
        } catch (IOException e) {
            throw BadCapture.unreadable(name, offset, e);
        }
    }

    /** Goes on by a number of bytes; less than that only at the end of the file. */
    long skip(long length) {
        try {
            long skipped = 0;
            while (skipped < length) {
                long step = in.skip(length - skipped);
                if (step == 0) {
                    // Skipping tells no end of a file from a pause; reading does.
                    if (in.read() < 0) {
                        break;
                    }
                    step = 1;
                }
                skipped += step;
            }
            offset += skipped;
            return skipped;
        } catch (IOException e) {
            throw BadCapture.unreadable(name, offset, e);
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw BadCapture.unreadable(name, offset, e);
        }
    }
}
