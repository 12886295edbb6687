package malloc9.benchmarks.workloads;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How a loop is measured: warmed up, then run in slices of about a millisecond.
 *
 * <p>CPU time leaves out what other processes take from the machine, short slices leave most of what they do to the
 * processor's caches in a few of them, and the median leaves those out. A {@link Yardstick} leaves out the slices in which somebody else
 * had a share of the core.
 *
 * @param warmUpMillis of wall time
 * @param slices measured
 * @param memoryMegabytes live in the memory trace
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

    /** The same with a longer warm-up: threads that share the processors with each other and with C2 get warm that much later. */
    Sampling shared(int threads) {
        int processors = Runtime.getRuntime().availableProcessors();
        return new Sampling(warmUpMillis * Math.ceilDiv(threads + 1, processors), slices, memoryMegabytes);
    }

    /** The operations of a slice. */
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

    /** The value in the middle; not a number if there is none. */
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
