package dev.malloc9.benchmarks.workloads;

/**
 * A chain of dependent loads over more memory than the caches hold: measures the latency of memory at present.
 *
 * <p>Virtual machines share memory and the largest cache with others without a sign of it. Within minutes the time of a load varied from
 * 160 to 360 nanoseconds (AMD EPYC, a virtual machine of two cores, November 2026).
 */
final class LatencyProbe {

    /** The size of a cache line, in ints. */
    private static final int LINE = 16;

    /** The number of lines of the ring, which has 64 MB. */
    static final int LINES = 1 << 20;

    private static final int LOADS = 500;

    /**
     * The multiplier, which is one more than a multiple of four. With an odd increment all lines form one ring, in an order that no
     * processor predicts.
     */
    private static final int MULTIPLIER = 0x9e3779b5;

    private static final int INCREMENT = 0x7f4a7c15;

    private final int[] ring = new int[LINES * LINE];
    private int at;

    LatencyProbe() {
        for (int line = 0; line < LINES; line++) {
            ring[line * LINE] = next(line) * LINE;
        }
    }

    /** Returns the number of the line that follows a line in the ring. */
    static int next(int line) {
        return (line * MULTIPLIER + INCREMENT) & (LINES - 1);
    }

    /** Returns the mean CPU time of a load in nanoseconds. Continues where the last call ended. */
    double nanos() {
        int next = at;
        long start = Clock.CPU.nanos();
        for (int i = 0; i < LOADS; i++) {
            next = ring[next];
        }
        double spent = Clock.CPU.nanos() - start;
        at = next;
        return spent / LOADS;
    }
}
