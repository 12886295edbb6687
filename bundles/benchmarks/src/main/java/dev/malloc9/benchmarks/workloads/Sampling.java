package dev.malloc9.benchmarks.workloads;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The parameters of a measurement. A loop is warmed up, and then runs in slices of about a millisecond.
 *
 * <p>CPU time excludes the time that other processes take from the machine. Their effect on the processor's caches falls on a few short
 * slices, and the median excludes these. A {@link Yardstick} excludes slices in which another virtual machine had a share of the core, up
 * to a limit.
 *
 * @param warmUpMillis the wall time of the warm-up in milliseconds
 * @param slices the number of slices that are measured, for a team the most of each thread. Also the duration of the measurement of a team
 *     or of virtual threads, in milliseconds
 * @param memoryMegabytes the live megabytes of the memory trace
 */
public record Sampling(long warmUpMillis, int slices, int memoryMegabytes) {

    static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int WARM_UP_OPERATIONS = 2_000;

    Sample measure(Loop loop, Clock clock) {
        Yardstick yardstick = new Yardstick(loop, slices);
        int operations = warmUp(loop, clock, yardstick);
        double[] nanos = new double[slices];
        double[] heapBytes = new double[slices];
        for (int slice = 0; slice < slices; ) {
            loop.move();
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long start = clock.nanos();
            loop.run(operations);
            nanos[slice] = (double) (clock.nanos() - start) / operations;
            heapBytes[slice] = (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / operations;
            if (yardstick.counts()) {
                slice++;
            }
        }
        return new Sample(median(nanos), median(heapBytes), yardstick.usual(), yardstick.usualLoad());
    }

    /**
     * Returns the same parameters with a warm-up that is multiplied by the number of threads, plus one for C2, per processor, rounded up.
     * Threads that share the processors with each other and with C2 need that much longer.
     *
     * @param threads the number of threads that run at the same time
     */
    Sampling shared(int threads) {
        int processors = Runtime.getRuntime().availableProcessors();
        return new Sampling(warmUpMillis * Math.ceilDiv(threads + 1, processors), slices, memoryMegabytes);
    }

    /**
     * Warms the loop up and returns the number of operations of a slice of about a millisecond: 100 to 1,000,000, rounded up to a multiple
     * of the loop's grain. Ends with the yardstick's measurement before the first slice.
     */
    int warmUp(Loop loop, Clock clock, Yardstick yardstick) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(warmUpMillis);
        int operations = whole(loop, WARM_UP_OPERATIONS);
        do {
            yardstick.lay();
            loop.move();
            long start = clock.nanos();
            loop.run(operations);
            long spent = Math.max(1, clock.nanos() - start);
            operations = whole(loop, (int) Math.clamp((double) operations * SLICE_NANOS / spent, 100, 1_000_000));
        } while (System.nanoTime() - end < 0);
        yardstick.lay();
        return operations;
    }

    private static int whole(Loop loop, int operations) {
        return Math.ceilDiv(operations, loop.grain()) * loop.grain();
    }

    /** Returns the median; not a number if there are no values. The median of an even number of values is the mean of the middle two. */
    public static double median(double... values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
