package malloc9.malloc;

import org.jspecify.annotations.Nullable;

/**
 * The columns of a type's per-CPU counters; bytes and the size mask are derived when they are read (struct
 * malloc_type_stats).
 *
 * <pre>
 *   0            COUNT          2 COUNT      RUN_ALLOCS   RUN_FREES   RUN_ALLOCATED   RUN_FREED   FAILED_MASK
 *   | allocs by class | frees by class |  page runs: counts, then bytes              | classes asked for in vain |
 * </pre>
 */
final class Counters {

    static final int FREES = SizeClasses.COUNT;
    static final int RUN_ALLOCS = 2 * SizeClasses.COUNT;
    static final int RUN_FREES = RUN_ALLOCS + 1;
    static final int RUN_ALLOCATED = RUN_ALLOCS + 2;
    static final int RUN_FREED = RUN_ALLOCS + 3;
    static final int FAILED_MASK = RUN_ALLOCS + 4;
    static final int COLUMNS = RUN_ALLOCS + 5;

    private final long[] sums;

    private Counters(long[] sums) {
        this.sums = sums;
    }

    /**
     * Sums the CPUs' rows; the columns of frees before those of allocs, so that a block that changes hands meanwhile is
     * not freed before it was allocated.
     */
    static Counters sum(long[] @Nullable [] rows) {
        long[] sums = new long[COLUMNS];
        for (int column = COLUMNS - 1; column >= 0; column--) {
            for (long[] row : rows) {
                sums[column] += row == null ? 0 : row[column];
            }
        }
        return new Counters(sums);
    }

    /** Blocks of a class that were ever handed out. */
    long allocs(int sizeClass) {
        return sums[sizeClass];
    }

    /** Blocks of a class that were taken back. */
    long frees(int sizeClass) {
        return sums[FREES + sizeClass];
    }

    long allocs() {
        return total(0) + sums[RUN_ALLOCS];
    }

    long frees() {
        return total(FREES) + sums[RUN_FREES];
    }

    long allocated() {
        return bytes(0) + sums[RUN_ALLOCATED];
    }

    long freed() {
        return bytes(FREES) + sums[RUN_FREED];
    }

    /** Bit i: class {@code 16 << i} was asked for, even in vain. */
    int sizeMask() {
        int mask = (int) sums[FAILED_MASK];
        for (int sizeClass = 0; sizeClass < SizeClasses.POWERS; sizeClass++) {
            if (sums[sizeClass] != 0) {
                mask |= 1 << sizeClass;
            }
        }
        return mask;
    }

    private long total(int from) {
        long total = 0;
        for (int sizeClass = 0; sizeClass < SizeClasses.COUNT; sizeClass++) {
            total += sums[from + sizeClass];
        }
        return total;
    }

    private long bytes(int from) {
        long bytes = 0;
        for (int sizeClass = 0; sizeClass < SizeClasses.COUNT; sizeClass++) {
            bytes += sums[from + sizeClass] * SizeClasses.bytes(sizeClass);
        }
        return bytes;
    }
}
