package dev.malloc9.memstat.view;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The standard output of the process, which keeps the reason of the first failed write. A {@link java.io.PrintStream} does not keep
 * it.
 *
 * <p>An interrupted thread can write to it, and no thread can close it.
 */
public final class StandardOutput extends OutputStream {

    /** The exit code of a process that SIGPIPE ends: 128 and the signal's number. */
    public static final int READER_GONE = 141;

    private static final Path FILE = Path.of("/dev/fd/1");
    private static final int TYPE = 0170000;
    private static final int FIFO = 0010000;
    private static final int SOCKET = 0140000;

    private final OutputStream stream;

    /** The first failure; null if there is none. */
    private volatile @Nullable IOException failure;

    /** Creates a stream to the standard output. */
    public StandardOutput() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    StandardOutput(OutputStream stream) {
        this.stream = stream;
    }

    /** {@return the reason why the first failed write failed; null if no write failed} */
    public @Nullable String failure() {
        IOException first = failure;
        return first == null ? null : String.valueOf(first.getMessage());
    }

    /**
     * {@return whether a write failed because the reader has closed its end} This is assumed for each failed write if the output is a pipe
     * or a socket.
     */
    public boolean isReaderGone() {
        return failure != null && isPipe();
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            stream.write(bytes, offset, length);
        } catch (IOException e) {
            if (failure == null) {
                failure = e;
            }
            throw e;
        }
    }

    @Override
    public void flush() throws IOException {
        stream.flush();
    }

    private static boolean isPipe() {
        try {
            int type = (Integer) Files.getAttribute(FILE, "unix:mode") & TYPE;
            return type == FIFO || type == SOCKET;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
