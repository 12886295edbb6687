package dev.malloc9.samples.ether;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The input of a capture, read from front to back, with an offset for messages. For one thread. */
final class CaptureInput implements AutoCloseable {

    /** The name of the capture for messages. */
    final String name;

    private final InputStream in;
    private long offset;

    CaptureInput(String name, InputStream in) {
        this.name = name;
        this.in = new BufferedInputStream(in, 64 * 1024);
    }

    /** Returns the number of bytes read or skipped so far. */
    long offset() {
        return offset;
    }

    /**
     * Fills the array with the next bytes, and does not advance. Returns the number of bytes, which is smaller than the array only
     * at the end of the file.
     */
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

    /**
     * Fills a part of the array with the next bytes. Returns the number of bytes, which is smaller than the length only at the end
     * of the file.
     */
    int read(byte[] target, int from, int length) {
        try {
            int present = in.readNBytes(target, from, length);
            offset += present;
            return present;
        } catch (IOException e) {
            throw BadCapture.unreadable(name, offset, e);
        }
    }

    /** Skips bytes. Returns their number, which is smaller than the length only at the end of the file. */
    long skip(long length) {
        try {
            long skipped = 0;
            while (skipped < length) {
                long step = in.skip(length - skipped);
                if (step == 0) {
                    // A skip of 0 bytes does not show whether the file has ended; a read does.
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
