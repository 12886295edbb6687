package malloc9.malloc;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rows of counters by the CPU's number: {@link Counters} says what stands in them.
 *
 * <p>A row is written by its CPU, inside critical sections; the array is replaced and summed under the lock of the type, and a
 * CPU reads its own row without.
 */
final class Rows {

    /** No rows. */
    static final long[] @Nullable [] NONE = {};

    private long[] @Nullable [] rows = NONE;

    /** A CPU's counters, or null if it has none yet. */
    long @Nullable [] row(int cpu) {
        long[] @Nullable [] known = rows;
        return Integer.compareUnsigned(cpu, known.length) < 0 ? known[cpu] : null;
    }

    /** All there are. */
    long[] @Nullable [] all() {
        return rows;
    }

    /** Gives a CPU its counters, if it has none. */
    void add(int cpu) {
        long[] @Nullable [] grown = Arrays.copyOf(rows, Math.max(rows.length, cpu + 1));
        if (grown[cpu] == null) {
            grown[cpu] = new long[Counters.COLUMNS];
            VarHandle.releaseFence();
            rows = grown;
        }
    }
}
