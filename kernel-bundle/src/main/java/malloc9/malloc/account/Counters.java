package malloc9.malloc.account;

import java.util.Arrays;
import malloc9.api.runtime.TypeFigures;
import malloc9.pcpu.CpuRecords;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a type's per-CPU counters; bytes and the size mask are derived when they are read (struct
 * malloc_type_stats).
 *
 * <pre>
 *   0       WORD    ALLOCS          FREES           RUN_ALLOCS  RUN_FREES  RUN_ALLOCATED  RUN_FREED  FAILED_MASK
 *   | apart | word  | allocs by class | frees by class | page runs: counts, then bytes   | bits of classes asked for in vain | apart |
 * </pre>
 */
public final class Counters {

    /** Where a row has its type's word, which is no counter ({@code MallocTypeInternal.gate()}). */
    public static final int GATE = Rows.APART;

    public static final int ALLOCS = GATE + 1;
    public static final int FREES = ALLOCS + SizeClasses.MAX_COUNT;
    public static final int RUN_ALLOCS = FREES + SizeClasses.MAX_COUNT;
    public static final int RUN_FREES = RUN_ALLOCS + 1;
    public static final int RUN_ALLOCATED = RUN_ALLOCS + 2;
    public static final int RUN_FREED = RUN_ALLOCS + 3;
    public static final int FAILED_MASK = RUN_ALLOCS + 4;
    static final int COLUMNS = RUN_ALLOCS + 5;

    private final long[] sums;
    private final SizeClasses classes;

    private Counters(long[] sums, SizeClasses classes) {
        this.sums = sums;
        this.classes = classes;
    }

    /**
     * Sums the CPUs' rows, under a watch and without; the columns of frees before those of allocs, so that a block that changes hands meanwhile is
     * not freed before it was allocated.
     */
    public static Counters sum(SizeClasses classes, long[] @Nullable [] rows, long[] @Nullable [] watched) {
        long[] sums = new long[COLUMNS];
        for (int column = COLUMNS - 1; column >= ALLOCS; column--) {
            add(sums, column, rows);
            add(sums, column, watched);
        }
        return new Counters(sums, classes);
    }

    /**
     * Sums likewise, but for each record of CPUs alone; only over all of them no block is freed before it was allocated, since it may have been
     * freed on another CPU.
     */
    public static Counters[] byCpu(SizeClasses classes, long[] @Nullable [] rows, long[] @Nullable [] watched) {
        Counters[] records = new Counters[CpuRecords.count(Math.max(rows.length, watched.length))];
        Arrays.setAll(records, record -> new Counters(new long[COLUMNS], classes));
        for (int column = COLUMNS - 1; column >= ALLOCS; column--) {
            addByCpu(records, column, rows);
            addByCpu(records, column, watched);
        }
        return records;
    }

    private static void addByCpu(Counters[] records, int column, long[] @Nullable [] rows) {
        for (int cpu = 0; cpu < rows.length; cpu++) {
            add(records[CpuRecords.of(cpu)].sums, column, rows[cpu]);
        }
    }

    private static void add(long[] sums, int column, long[] @Nullable [] rows) {
        for (long[] row : rows) {
            add(sums, column, row);
        }
    }

    private static void add(long[] sums, int column, long @Nullable [] row) {
        if (row != null && column == FAILED_MASK) {
            sums[column] |= row[column];
        } else if (row != null) {
            sums[column] += row[column];
        }
    }

    /** {@link #sum}'s {@link #blocks()}, without garbage. */
    public static long blocks(SizeClasses classes, long[] @Nullable [] rows, long[] @Nullable [] watched) {
        long frees = count(FREES, RUN_FREES, classes, rows, watched);
        return count(ALLOCS, RUN_ALLOCS, classes, rows, watched) - frees;
    }

    /** {@link #sum}'s {@link #bytes()}, without garbage. */
    public static long bytes(SizeClasses classes, long[] @Nullable [] rows, long[] @Nullable [] watched) {
        long freed = bytes(FREES, RUN_FREED, classes, rows, watched);
        return bytes(ALLOCS, RUN_ALLOCATED, classes, rows, watched) - freed;
    }

    /** Tells what {@link #sum} has of a type, without garbage and without a lock. */
    public static void tell(
            String type,
            SizeClasses classes,
            long[] @Nullable [] rows,
            long[] @Nullable [] watched,
            TypeFigures consumer) {
        long frees = count(FREES, RUN_FREES, classes, rows, watched);
        long freed = bytes(FREES, RUN_FREED, classes, rows, watched);
        long allocs = count(ALLOCS, RUN_ALLOCS, classes, rows, watched);
        long allocated = bytes(ALLOCS, RUN_ALLOCATED, classes, rows, watched);
        consumer.type(type, allocs, frees, allocated, freed);
    }

    private static long count(
            int from, int runs, SizeClasses classes, long[] @Nullable [] rows, long[] @Nullable [] watched) {
        long count = column(runs, rows, watched);
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            count += column(from + sizeClass, rows, watched);
        }
        return count;
    }

    private static long bytes(
            int from, int runs, SizeClasses classes, long[] @Nullable [] rows, long[] @Nullable [] watched) {
        long bytes = column(runs, rows, watched);
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            bytes += column(from + sizeClass, rows, watched) * classes.bytes(sizeClass);
        }
        return bytes;
    }

    private static long column(int column, long[] @Nullable [] rows, long[] @Nullable [] watched) {
        long sum = 0;
        for (long[] row : rows) {
            sum += row == null ? 0 : row[column];
        }
        for (long[] row : watched) {
            sum += row == null ? 0 : row[column];
        }
        return sum;
    }

    /** Live blocks. */
    public long blocks() {
        return allocs() - frees();
    }

    /** Live bytes. */
    public long bytes() {
        return allocated() - freed();
    }

    /** Blocks of a class that were ever handed out. */
    public long allocs(int sizeClass) {
        return sums[ALLOCS + sizeClass];
    }

    /** Blocks of a class that were taken back. */
    public long frees(int sizeClass) {
        return sums[FREES + sizeClass];
    }

    public long allocs() {
        return total(ALLOCS) + sums[RUN_ALLOCS];
    }

    public long frees() {
        return total(FREES) + sums[RUN_FREES];
    }

    public long allocated() {
        return bytes(ALLOCS) + sums[RUN_ALLOCATED];
    }

    public long freed() {
        return bytes(FREES) + sums[RUN_FREED];
    }

    /** Bit i: a class above {@code 8 << i} and up to {@code 16 << i} was asked for, even in vain. */
    public int sizeMask() {
        int mask = (int) sums[FAILED_MASK];
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            if (sums[ALLOCS + sizeClass] != 0) {
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
