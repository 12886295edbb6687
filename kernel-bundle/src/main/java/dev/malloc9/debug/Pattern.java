package dev.malloc9.debug;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** A pattern of 32 bits that memory is filled with, so that a later write is detected. */
public final class Pattern {

    /** The pattern of red zones. */
    public static final Pattern RED_ZONE = new Pattern(0x42424242);

    /** The pattern of freed blocks (uma_junk). */
    public static final Pattern TRASH = new Pattern(0xdeadc0de);

    /** The pattern of new blocks with red zones that are not zeroed (DIAGNOSTIC's 0x70). A page run is not filled with it. */
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
     * The bytes of a range that differ from their expected values.
     *
     * @param first the offset of the first differing byte
     * @param bytes the number of differing bytes; bytes between them that do not differ are not counted
     */
    record Span(long first, long bytes) {}

    /**
     * Fills a range of memory. The first byte of the range gets the first byte of the pattern.
     *
     * @param from the offset of the first byte
     * @param to the offset after the last byte; the range is empty if it is not above {@code from}
     */
    public void fill(MemorySegment memory, long from, long to) {
        for (long at = from; at < to; at += CHUNK) {
            MemorySegment.copy(chunk, 0, memory, at, Math.min(CHUNK, to - at));
        }
    }

    /**
     * Compares a range of memory with the pattern. The range must start where the filled range started.
     *
     * @return the bytes that differ, or null if there are none
     */
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
