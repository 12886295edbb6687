package dev.malloc9.shell.prompt;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.util.function.BooleanSupplier;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.service.command.CommandSession;
import org.jline.terminal.Terminal;

/**
 * The channels between the commands of a Gogo session and its terminal. An interrupt does not close them.
 *
 * <p>Gogo makes a session's channels with {@link java.nio.channels.Channels}. The JDK closes such a channel, and the terminal behind it,
 * when a thread that uses the channel is interrupted. Ctrl-C interrupts the thread of a command. A driver may leave the interrupt flag of
 * the thread set. The prompt would then have neither input nor output.
 *
 * <p>Output is written with the terminal's own writer, which has a lock, and is flushed at once.
 */
final class SessionChannels {

    private static final int DECODED = 4096;

    private SessionChannels() {}

    /**
     * Replaces the three channels of the session. Has no effect on a session that is not Gogo's own.
     *
     * @param muted whether text on the error stream is discarded; asked at each write
     * @throws IllegalStateException if Gogo keeps the channels in another way
     */
    static void connect(CommandSession session, Terminal terminal, BooleanSupplier muted) {
        if (!(session instanceof CommandSessionImpl gogo)) {
            return;
        }
        Channel[] channels = {
            new Input(terminal.input()),
            new Output(terminal.writer(), () -> false),
            new Output(terminal.writer(), muted)
        };
        try {
            // The field is protected, and Gogo has no method for it.
            MethodHandles.privateLookupIn(CommandSessionImpl.class, MethodHandles.lookup())
                    .findVarHandle(CommandSessionImpl.class, "channels", Channel[].class)
                    .set(gogo, channels);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of Gogo has no channels to replace", e);
        }
    }

    /** A channel that reads from the terminal. An interrupt ends a read with an exception of jline. */
    private record Input(InputStream in) implements ReadableByteChannel {

        @Override
        public int read(ByteBuffer target) throws IOException {
            if (!target.hasRemaining()) {
                return 0;
            }
            byte[] bytes = new byte[target.remaining()];
            int read = in.read(bytes);
            if (read > 0) {
                target.put(bytes, 0, read);
            }
            return read;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** A channel that writes to the terminal. */
    private static final class Output implements WritableByteChannel {

        private final PrintWriter writer;
        private final BooleanSupplier muted;

        /**
         * The decoder of the written bytes. Gogo's streams encode text in the default charset. The decoder and the two buffers are guarded
         * by {@code this}.
         */
        private final CharsetDecoder decoder = Charset.defaultCharset()
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);

        private final CharBuffer decoded = CharBuffer.allocate(DECODED);

        /** The first bytes of a character whose other bytes have not been written yet. */
        private ByteBuffer rest = ByteBuffer.allocate(0);

        Output(PrintWriter writer, BooleanSupplier muted) {
            this.writer = writer;
            this.muted = muted;
        }

        @Override
        public synchronized int write(ByteBuffer source) throws IOException {
            int count = source.remaining();
            ByteBuffer bytes = ByteBuffer.allocate(rest.remaining() + count)
                    .put(rest)
                    .put(source)
                    .flip();
            StringBuilder text = new StringBuilder();
            boolean overflow = true;
            while (overflow) {
                overflow = decoder.decode(bytes, decoded, false).isOverflow();
                text.append(decoded.flip());
                decoded.clear();
            }
            rest = bytes.slice();
            if (muted.getAsBoolean()) {
                return count;
            }
            writer.append(text);
            if (writer.checkError()) {
                throw new IOException("the terminal cannot be written");
            }
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
