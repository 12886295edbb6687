package dev.malloc9.kernel;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;
import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A ring buffer of the kernel's last lines (msgbuf), in memory that the kernel itself has allocated.
 *
 * <pre>
 *   | block 0 | block 1 | ... | block 7 |   bytes of UTF-8, each line ends with a newline, the oldest is overwritten
 * </pre>
 *
 * <p>Any number of threads may use a buffer.
 */
final class MessageBuffer {

    @MallocDefine(name = "msgbuf", description = "The kernel's last messages")
    static final MallocType M_MSGBUF = MallocType.define();

    @MallocDefine(name = "temp", description = "Misc temporary data buffers")
    static final MallocType M_TEMP = MallocType.define();

    private static final int BLOCKS = 8;
    private static final int BLOCK_BYTES = 4096;
    private static final int CAPACITY = BLOCKS * BLOCK_BYTES;

    private final Malloc malloc;

    /** The blocks of the buffer, {@link #BLOCK_BYTES} bytes each. Guarded by {@code this}. */
    private final MemorySegment[] blocks = new MemorySegment[BLOCKS];

    /** The number of bytes written so far. The next byte goes to this number modulo {@link #CAPACITY}. Guarded by {@code this}. */
    private long written;

    /** Whether the blocks are freed. Guarded by {@code this}. */
    private boolean closed;

    /** Allocates the buffer, and waits for memory if necessary. */
    MessageBuffer(Malloc malloc) {
        this.malloc = malloc;
        for (int block = 0; block < BLOCKS; block++) {
            blocks[block] = malloc.malloc(BLOCK_BYTES, M_MSGBUF, M_WAITOK | M_ZERO);
        }
    }

    /**
     * Appends a line. Works without free memory, too, so that messages about a full map are kept. Only the end of a line that exceeds the
     * buffer is kept. After {@link #close()} this method has no effect.
     */
    synchronized void append(String line) {
        byte[] text = (line + '\n').getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, CAPACITY);
        if (closed) {
            return;
        }
        MemorySegment tail = MemorySegment.ofArray(text).asSlice(text.length - length);
        MemorySegment temporary = malloc.malloc(length, M_TEMP, M_NOWAIT);
        MemorySegment encoded = temporary == null ? tail : temporary.copyFrom(tail);
        for (int done = 0; done < length; ) {
            int at = (int) (written % CAPACITY);
            int chunk = Math.min(length - done, BLOCK_BYTES - at % BLOCK_BYTES);
            MemorySegment.copy(encoded, done, blocks[at / BLOCK_BYTES], at % BLOCK_BYTES, chunk);
            done += chunk;
            written += chunk;
        }
        malloc.free(temporary, M_TEMP);
    }

    /** Frees the memory. Later lines are dropped. A second call has no effect. */
    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (MemorySegment block : blocks) {
            malloc.free(block, M_MSGBUF);
        }
    }

    /**
     * Returns the complete lines, oldest first; an empty list after {@link #close()}. Once the buffer has wrapped, the oldest line is left
     * out, since its beginning may be overwritten.
     */
    synchronized List<String> lines() {
        if (closed) {
            return List.of();
        }
        int kept = (int) Math.min(written, CAPACITY);
        byte[] text = new byte[kept];
        for (int i = 0; i < kept; i++) {
            int at = (int) ((written - kept + i) % CAPACITY);
            text[i] = blocks[at / BLOCK_BYTES].get(ValueLayout.JAVA_BYTE, at % BLOCK_BYTES);
        }
        List<String> lines =
                new ArrayList<>(new String(text, StandardCharsets.UTF_8).lines().toList());
        if (kept < written && !lines.isEmpty()) {
            lines.removeFirst();
        }
        return List.copyOf(lines);
    }
}
