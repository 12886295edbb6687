package malloc9.debug;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A pattern of 32 bits that memory is filled with, to see later who wrote there. */
public final class Pattern {

    /** What red zones are of. */
    public static final Pattern RED_ZONE = new Pattern(0x42424242);

    /** What freed blocks are filled with (uma_junk). */
    public static final Pattern TRASH = new Pattern(0xdeadc0de);

    /** What fresh blocks are filled with unless they are zeroed (DIAGNOSTIC's 0x70). */
    public static final Pattern FRESH = new Pattern(0x70707070);

    private static final int CHUNK = 4096;

    private final MemorySegment chunk;

    private Pattern(int word) {
        chunk = MemorySegment.ofArray(new byte[CHUNK]);
        for (int at = 0; at < CHUNK; at += Integer.BYTES) {
            chunk.set(ValueLayout.JAVA_INT_UNALIGNED, at, word);
        }
    }

    /**
     * Bytes that are not what they should be.
     *
     * @param first where the first of them is
     * @param bytes how many there are, whatever is between them
     */
    record Span(long first, long bytes) {}

    /** Fills bytes, the first one with the pattern's first. */
    public void fill(MemorySegment memory, long from, long to) {
        for (long at = from; at < to; at += CHUNK) {
            MemorySegment.copy(chunk, 0, memory, at, Math.min(CHUNK, to - at));
        }
    }

    /** What of the bytes is not the pattern any more, or null. */
    @Nullable
    Span damage(MemorySegment memory, long from, long to) {
        long first = -1;
        long bytes = 0;
        for (long at = from; at < to; at += CHUNK) {
            long end = Math.min(to, at + CHUNK);
            long differs = MemorySegment.mismatch(memory, at, end, chunk, 0, end - at);
            if (differs >= 0) {
                first = bytes == 0 ? at + differs : first;
                bytes += different(memory, at, at + differs, end);
            }
        }
        return bytes == 0 ? null : new Span(first, bytes);
    }

    private long different(MemorySegment memory, long start, long from, long to) {
        long different = 0;
        for (long at = from; at < to; at++) {
            if (memory.get(JAVA_BYTE, at) != chunk.get(JAVA_BYTE, at - start)) {
                different++;
            }
        }
        return different;
    }
}
