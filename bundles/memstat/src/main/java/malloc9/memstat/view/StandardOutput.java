package malloc9.memstat.view;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The standard output of the process, which remembers why it could not be written. A {@link java.io.PrintStream} does not.
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

    /** The standard output. */
    public StandardOutput() {
        this(new FileOutputStream(FileDescriptor.out));
    }

    StandardOutput(OutputStream stream) {
        this.stream = stream;
    }

    /** Returns why the first write that failed did so; null if all were written. */
    public @Nullable String failure() {
        IOException first = failure;
        return first == null ? null : String.valueOf(first.getMessage());
    }

    /** Returns whether a write failed since the program that reads the output has closed its end. */
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
