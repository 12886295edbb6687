package malloc9.benchmarks.workloads;

/**
 * Loads that wait for each other, over more memory than the caches hold: what one of them takes says how far away memory is just now.
 *
 * <p>Virtual machines share memory and the largest cache with others, unnoticed: within minutes a load takes from 160 to 360 nanoseconds.
 */
final class LatencyProbe {

    /** Of a cache, in ints. */
    private static final int LINE = 16;

    /** 64 MB of them. */
    static final int LINES = 1 << 20;

    private static final int LOADS = 500;

    /** One more than a multiple of four. With an odd increment all lines become one ring, in an order that no processor foresees. */
    private static final int MULTIPLIER = 0x9e3779b5;

    private static final int INCREMENT = 0x7f4a7c15;

    private final int[] ring = new int[LINES * LINE];
    private int at;

    LatencyProbe() {
        for (int line = 0; line < LINES; line++) {
            ring[line * LINE] = next(line) * LINE;
        }
    }

    /** Where a line leads to. */
    static int next(int line) {
        return (line * MULTIPLIER + INCREMENT) & (LINES - 1);
    }

    /** What a load takes. */
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
