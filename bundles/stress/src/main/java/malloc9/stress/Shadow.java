package malloc9.stress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A shadow of the kernel map: a bit for each granule, set while a block that is in somebody's hands covers it.
 *
 * <p>A bit is set behind malloc and cleared before free, by atomics: two blocks that overlap are found by whoever comes
 * second, whatever their threads do.
 */
final class Shadow {

    private static final int GRANULE_SHIFT = 4;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;

    /** @param bytes of the map */
    Shadow(long bytes) {
        words = new long[(int) (bytes >>> GRANULE_SHIFT >>> 6)];
    }

    /** Covers a range; false if somebody else covers part of it. */
    boolean cover(long offset, long bytes) {
        return flip(offset, bytes, true);
    }

    /** Uncovers a range; false if it was not covered all. */
    boolean uncover(long offset, long bytes) {
        return flip(offset, bytes, false);
    }

    /** Granules that are covered. */
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
