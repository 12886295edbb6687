package malloc9.malloc;

/**
 * A type's counters, summed over the CPUs, and the columns of its per-CPU rows; bytes and the size mask are derived when
 * they are read (struct malloc_type_stats).
 *
 * <pre>
 *   0           MAX_COUNT       2 MAX_COUNT  RUN_ALLOCS   RUN_FREES   RUN_ALLOCATED   RUN_FREED   FAILED_MASK
 *   | allocs by class | frees by class |  page runs: counts, then bytes              | bits of classes asked for in vain |
 * </pre>
 */
final class Counters {

    static final int FREES = SizeClasses.MAX_COUNT;
    static final int RUN_ALLOCS = 2 * SizeClasses.MAX_COUNT;
    static final int RUN_FREES = RUN_ALLOCS + 1;
    static final int RUN_ALLOCATED = RUN_ALLOCS + 2;
    static final int RUN_FREED = RUN_ALLOCS + 3;
    static final int FAILED_MASK = RUN_ALLOCS + 4;
    static final int COLUMNS = RUN_ALLOCS + 5;

    private final long[] sums;
    private final SizeClasses classes;

    /** @param sums the columns, summed over the CPUs */
    Counters(long[] sums, SizeClasses classes) {
        this.sums = sums;
        this.classes = classes;
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

    /** Live blocks. */
    long blocks() {
        return allocs() - frees();
    }

    /** Live bytes. */
    long bytes() {
        return allocated() - freed();
    }

    /** Requests of a class that were served. */
    long requests(int sizeClass) {
        return sums[sizeClass];
    }

    /** Live items of a class. */
    long items(int sizeClass) {
        return sums[sizeClass] - sums[FREES + sizeClass];
    }

    /** Bit i: a class above {@code 8 << i} and up to {@code 16 << i} was asked for, even in vain. */
    int sizeMask() {
        int mask = (int) sums[FAILED_MASK];
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            if (sums[sizeClass] != 0) {
                mask |= classes.maskBit(sizeClass);
            }
        }
        return mask;
    }

    private long total(int from) {
        long total = 0;
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            total += sums[from + sizeClass];
        }
        return total;
    }

    private long bytes(int from) {
        long bytes = 0;
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            bytes += sums[from + sizeClass] * classes.bytes(sizeClass);
        }
        return bytes;
    }
}
