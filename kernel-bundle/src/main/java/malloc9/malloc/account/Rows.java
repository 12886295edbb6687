package malloc9.malloc.account;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of counters by the CPU's number: {@link Counters} says what stands in them.
 *
 * <p>A row is written by its CPU, inside critical sections; the array of them is a field of who has them, which saves the fast path a load,
 * and is replaced under his lock. A CPU reads its own row without.
 */
public final class Rows {

    /**
     * Elements before and behind what a CPU counts: 128 bytes, the lines of the processor's cache that it shares with nobody. All CPUs look
     * at the array of rows, and it may be the row's neighbour.
     */
    static final int APART = 16;

    /** No rows. */
    public static final long[] @Nullable [] NONE = {};

    private Rows() {}

    /** A CPU's counters, or null if it has none yet. */
    public static long @Nullable [] row(long[] @Nullable [] rows, int cpu) {
        return Integer.compareUnsigned(cpu, rows.length) < 0 ? rows[cpu] : null;
    }

    /** The rows with one for that CPU, which has that word, to be published at once. */
    public static long[] @Nullable [] with(long[] @Nullable [] rows, int cpu, int gate) {
        if (row(rows, cpu) != null) {
            return rows;
        }
        long[] @Nullable [] grown = Arrays.copyOf(rows, Math.max(rows.length, cpu + 1));
        long[] row = new long[Counters.COLUMNS + APART];
        row[Counters.GATE] = gate;
        grown[cpu] = row;
        VarHandle.releaseFence();
        return grown;
    }

    /** Sets the word of all rows. */
    public static void setGate(long[] @Nullable [] rows, int gate) {
        for (long[] row : rows) {
            if (row != null) {
                row[Counters.GATE] = gate;
            }
        }
    }
}
