package dev.malloc9.malloc.account;

import dev.malloc9.api.runtime.TypeFigures;
import dev.malloc9.pcpu.CpuRecords;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A sum of the per-CPU counters of one memory type, and the columns of these counters (struct malloc_type_stats). The bytes of items and
 * most bits of the size mask have no column: they follow from the counts by class, and are computed when they are read.
 *
 * <pre>
 *   0       GATE    ALLOCS          FREES           RUN_ALLOCS  RUN_FREES  RUN_ALLOCATED  RUN_FREED  FAILED_MASK
 *   | apart | gate  | allocs by class | frees by class | page runs: counts, then bytes   | size bits without an item | apart |
 * </pre>
 *
 * <p>Page-run columns also count guarded blocks and the memory of other allocators. Since another allocator may report incorrect figures,
 * each difference may be negative.
 */
public final class Counters {

    /** The column of the copy of the type's gate ({@code MallocTypeInternal.gate()}). It is not a counter. */
    public static final int GATE = Rows.APART;

    /** The first column of the numbers of items allocated, by size class. */
    public static final int ALLOCS = GATE + 1;

    /** The first column of the numbers of items freed, by size class. */
    public static final int FREES = ALLOCS + SizeClasses.MAX_COUNT;

    /** The column of the number of page runs allocated. */
    public static final int RUN_ALLOCS = FREES + SizeClasses.MAX_COUNT;

    /** The column of the number of page runs freed. */
    public static final int RUN_FREES = RUN_ALLOCS + 1;

    /** The column of the bytes of page runs allocated. */
    public static final int RUN_ALLOCATED = RUN_ALLOCS + 2;

    /** The column of the bytes of page runs freed. */
    public static final int RUN_FREED = RUN_ALLOCS + 3;

    /**
     * The column of the size-mask bits that follow from no class counter: requests for items that found no memory, and guarded blocks of
     * such a size.
     */
    public static final int FAILED_MASK = RUN_ALLOCS + 4;

    /** The number of columns, including the unused elements at the front. The unused elements at the back are not included. */
    static final int COLUMNS = RUN_ALLOCS + 5;

    /** The sums by column; of FAILED_MASK, the union of the bits. */
    private final long[] sums;

    private final SizeClasses classes;

    private Counters(long[] sums, SizeClasses classes) {
        this.sums = sums;
        this.classes = classes;
    }

    /**
     * Sums the rows of all CPUs, with and without a policy. Each column of frees is read before the column of allocations that it belongs
     * to. A block that is allocated and freed during the summation is therefore never counted as freed only.
     *
     * @param rows the rows without a policy, by CPU; an element is null if the CPU has none
     * @param watched the rows under a policy, by CPU; an element is null if the CPU has none
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
     * Sums the rows as {@link #sum} does, but for each CPU record of the statistics separately. In one record the frees may exceed the
     * allocations, because a block may be freed on another CPU. Only the total over all records is consistent.
     *
     * @return the sums by record number: one for each CPU number up to the largest that has a row, but at most {@link CpuRecords#MAXCPU}
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

    /** Returns the result of {@link #blocks()} for the {@link #sum} of the rows, without allocating on the Java heap. */
    public static long blocks(SizeClasses classes, long[] @Nullable [] rows, long[] @Nullable [] watched) {
        long frees = count(FREES, RUN_FREES, classes, rows, watched);
        return count(ALLOCS, RUN_ALLOCS, classes, rows, watched) - frees;
    }

    /** Returns the result of {@link #bytes()} for the {@link #sum} of the rows, without allocating on the Java heap. */
    public static long bytes(SizeClasses classes, long[] @Nullable [] rows, long[] @Nullable [] watched) {
        long freed = bytes(FREES, RUN_FREED, classes, rows, watched);
        return bytes(ALLOCS, RUN_ALLOCATED, classes, rows, watched) - freed;
    }

    /**
     * Reports the totals of a type to a consumer, without a lock and without allocating on the Java heap. Reads the frees before the
     * allocations.
     */
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

    /** Returns the number of blocks in use: allocations minus frees. */
    public long blocks() {
        return allocs() - frees();
    }

    /** Returns the number of bytes in use: bytes allocated minus bytes freed. */
    public long bytes() {
        return allocated() - freed();
    }

    /** Returns the number of items of a size class that were ever allocated. */
    public long allocs(int sizeClass) {
        return sums[ALLOCS + sizeClass];
    }

    /** Returns the number of items of a size class that were ever freed. */
    public long frees(int sizeClass) {
        return sums[FREES + sizeClass];
    }

    /** Returns the number of items and page runs that were ever allocated. */
    public long allocs() {
        return total(ALLOCS) + sums[RUN_ALLOCS];
    }

    /** Returns the number of items and page runs that were ever freed. */
    public long frees() {
        return total(FREES) + sums[RUN_FREES];
    }

    /** Returns the number of accounted bytes that were ever allocated. */
    public long allocated() {
        return bytes(ALLOCS) + sums[RUN_ALLOCATED];
    }

    /** Returns the number of accounted bytes that were ever freed. */
    public long freed() {
        return bytes(FREES) + sums[RUN_FREED];
    }

    /**
     * Returns the size mask. Bit i is set if a class above {@code 8 << i} and up to {@code 16 << i} bytes was requested, even if no memory
     * was found for it. A request that a limit or an injected failure refuses sets no bit. Classes above the OS page have no bit.
     */
    public int sizeMask() {
        int mask = (int) sums[FAILED_MASK];
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            if (sums[ALLOCS + sizeClass] != 0) {
                mask |= classes.maskBit(sizeClass);
            }
        }
        return mask;
    }

    /** Returns the sum over all size classes of the columns from the given column on. */
    private long total(int from) {
        long total = 0;
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            total += sums[from + sizeClass];
        }
        return total;
    }

    /** Returns the bytes that the columns of all size classes stand for, from the given column on. */
    private long bytes(int from) {
        long bytes = 0;
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            bytes += sums[from + sizeClass] * classes.bytes(sizeClass);
        }
        return bytes;
    }
}
