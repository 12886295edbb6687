package malloc9.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How a loop is measured: warmed up, then run in slices of about a millisecond of the thread's CPU time.
 *
 * <p>CPU time leaves out what other processes take from the machine, short slices leave most of what they do to the
 * processor's caches in a few of them, and the median leaves those out.
 *
 * @param warmUpMillis of wall time
 * @param slices measured
 */
record Sampling(long warmUpMillis, int slices) {

    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int WARM_UP_OPERATIONS = 2_000;

    /** What a JVM found: CPU time and heap bytes of one operation. */
    record Sample(double nanos, double heapBytes) {}

    Sample measure(Loop loop) {
        ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int operations = warmUp(loop, thread);
        double[] nanos = new double[slices];
        double[] heapBytes = new double[slices];
        for (int slice = 0; slice < slices; slice++) {
            long allocated = thread.getCurrentThreadAllocatedBytes();
            long start = thread.getCurrentThreadCpuTime();
            loop.run(operations);
            nanos[slice] = (double) (thread.getCurrentThreadCpuTime() - start) / operations;
            heapBytes[slice] = (double) (thread.getCurrentThreadAllocatedBytes() - allocated) / operations;
        }
        return new Sample(median(nanos), median(heapBytes));
    }

    /** The operations of a slice. */
    private int warmUp(Loop loop, ThreadMXBean thread) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(warmUpMillis);
        int operations = WARM_UP_OPERATIONS;
        do {
            long start = thread.getCurrentThreadCpuTime();
            loop.run(operations);
            long spent = Math.max(1, thread.getCurrentThreadCpuTime() - start);
            operations = (int) Math.clamp((double) operations * SLICE_NANOS / spent, 100, 1_000_000);
        } while (System.nanoTime() - end < 0);
        return operations;
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
