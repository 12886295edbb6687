package dev.malloc9.shell.batch;

import dev.malloc9.memstat.view.StandardOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.Charset;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.service.command.CommandSession;
import org.jspecify.annotations.Nullable;

/**
 * The standard output of a batch. If a write fails because the reader is gone, the batch ends. Any other failed write is a failure of the
 * command.
 *
 * <p>The JDK closes the channels that Gogo makes of streams if an interrupted thread writes to them. A driver may leave the interrupt flag
 * set in the thread that runs its callback. The channels of this class stay open in that case.
 */
final class Console {

    private final StandardOutput output;
    private final Runnable readerGone;
    private final OutputStream target = new Target();
    private final PrintStream stream;

    /**
     * Creates the console of a process.
     *
     * @param readerGone the action after a write that failed because the reader is gone; it may be called several times
     */
    Console(StandardOutput output, Charset charset, Runnable readerGone) {
        this.output = output;
        this.readerGone = readerGone;
        this.stream = new PrintStream(target, true, charset);
    }

    /** Returns the stream that writes to the console. */
    PrintStream stream() {
        return stream;
    }

    /** Returns the reason why a write failed; null if all writes succeeded. */
    @Nullable
    String failure() {
        return output.failure();
    }

    /** Returns whether the reader of the output is gone. */
    boolean isReaderGone() {
        return output.isReaderGone();
    }

    /**
     * Connects the commands of the session with this console and with the error stream, through channels that an interrupt does not close.
     * Has no effect on a session that is not Gogo's own.
     */
    void connect(CommandSession session, OutputStream err) {
        if (!(session instanceof CommandSessionImpl gogo)) {
            return;
        }
        try {
            // The field is protected, and Gogo has no method for it.
            Channel[] channels =
                    (Channel[]) MethodHandles.privateLookupIn(CommandSessionImpl.class, MethodHandles.lookup())
                            .findVarHandle(CommandSessionImpl.class, "channels", Channel[].class)
                            .get(gogo);
            channels[1] = new Uninterruptible(target);
            channels[2] = new Uninterruptible(err);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of Gogo has no channels to replace", e);
        }
    }

    /**
     * The stream that writes all bytes to the standard output, and calls {@code readerGone} if a write fails because the reader is gone.
     */
    private final class Target extends OutputStream {

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                output.write(bytes, offset, length);
            } catch (IOException e) {
                if (isReaderGone()) {
                    readerGone.run();
                }
                throw e;
            }
        }
    }

    /** A channel that is not closed by an interrupt or by Gogo. */
    private record Uninterruptible(OutputStream stream) implements WritableByteChannel {

        @Override
        public int write(ByteBuffer source) throws IOException {
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            stream.write(bytes);
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
