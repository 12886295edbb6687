package dev.malloc9.malloc.account;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Operations on arrays of counter rows, indexed by the CPU's number. The columns of a row are those of {@link Counters}.
 *
 * <p>The counters of a row are written by its CPU, inside critical sections. The gate is written by any thread, under the lock of the
 * object that owns the counters. The array of rows is a field of that object, which saves the fast path a load. The array is replaced under
 * the same lock. A CPU reads its own row without the lock.
 */
public final class Rows {

    /**
     * The number of unused elements before and behind the counters of a CPU: 128 bytes. They keep the counters on cache lines of their own.
     * All CPUs read the array of rows, and it may lie beside the row in memory.
     */
    static final int APART = 16;

    /** The empty array, for a type without rows. */
    public static final long[] @Nullable [] NONE = {};

    private Rows() {}

    /** Returns a CPU's counters, or null if the CPU has none yet. */
    public static long @Nullable [] row(long[] @Nullable [] rows, int cpu) {
        return Integer.compareUnsigned(cpu, rows.length) < 0 ? rows[cpu] : null;
    }

    /**
     * Returns the rows with one for the given CPU. If the CPU has a row, returns the same array; otherwise a copy with a new row, which is
     * 0 except for its gate. A release fence precedes the return, so that the caller can publish the array with a plain store.
     *
     * @param cpu the number of the CPU
     * @param gate the gate of the new row
     */
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

    /** Sets the gate in all existing rows. The caller holds the lock under which the rows are replaced. */
    public static void setGate(long[] @Nullable [] rows, int gate) {
        for (long[] row : rows) {
            if (row != null) {
                row[Counters.GATE] = gate;
            }
        }
    }
}
