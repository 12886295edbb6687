package dev.malloc9.stress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A shadow of the kernel map: has a bit for each granule of 16 bytes, which is set while an allocated block covers the granule.
 *
 * <p>Bits are set after malloc and cleared before free, by atomic operations. If two blocks overlap, the second of the two threads finds
 * that out, regardless of the order in which they run.
 */
final class Shadow {

    private static final int GRANULE_SHIFT = 4;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;

    /**
     * Creates the shadow of a map without blocks.
     *
     * @param bytes the size of the map in bytes, a multiple of 1 KiB
     */
    Shadow(long bytes) {
        words = new long[(int) (bytes >>> GRANULE_SHIFT >>> 6)];
    }

    /** Covers a range of the map, and returns false if a part of it was covered already; the range is covered then, too. */
    boolean cover(long offset, long bytes) {
        return flip(offset, bytes, true);
    }

    /** Uncovers a range of the map, and returns false if a part of it was not covered; the range is uncovered then, too. */
    boolean uncover(long offset, long bytes) {
        return flip(offset, bytes, false);
    }

    /** Returns the number of granules that are covered. */
    long covered() {
        long covered = 0;
        for (int word = 0; word < words.length; word++) {
            covered += Long.bitCount((long) WORD.getVolatile(words, word));
        }
        return covered;
    }

    private boolean flip(long offset, long bytes, boolean on) {
        long from = offset >>> GRANULE_SHIFT;
        long to = (offset + bytes + (1 << GRANULE_SHIFT) - 1) >>> GRANULE_SHIFT;
        boolean right = true;
        while (from < to) {
            long next = Math.min(to, (from | 63) + 1);
            long mask = (-1L >>> (64 - (next - from))) << from;
            int word = (int) (from >>> 6);
            long before = on
                    ? (long) WORD.getAndBitwiseOr(words, word, mask)
                    : (long) WORD.getAndBitwiseAnd(words, word, ~mask);
            right &= (before & mask) == (on ? 0 : mask);
            from = next;
        }
        return right;
    }
}
