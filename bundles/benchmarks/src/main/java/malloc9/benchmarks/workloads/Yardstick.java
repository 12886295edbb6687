package malloc9.benchmarks.workloads;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of work that is always the same and touches no memory: what it takes says whether a thread has its core for itself.
 *
 * <p>Who shares a core with a thread of somebody else's machine gets its CPU time at two thirds of the speed, for a second or for many, and
 * no clock shows that. A slice counts if the work took no longer before it and after it than it does at rest; who waits for
 * that in vain takes what there is.
 */
final class Yardstick {

    private static final int STEPS = 20_000;

    /** What a timer's interrupt adds is left in. */
    private static final double TOLERANCE = 1.08;

    /** For so many slices that do not count, one that does. */
    private static final int PATIENCE = 4;

    /** So that the work is done. */
    @SuppressWarnings("unused")
    private static volatile long sink;

    private final int patience;
    private final List<Long> lays = new ArrayList<>();
    private long best = Long.MAX_VALUE;
    private boolean calm;
    private int dropped;

    /** For that many slices. */
    Yardstick(int slices) {
        patience = slices * PATIENCE;
    }

    /** Measures the core before a slice. */
    void lay() {
        calm = isCalm();
    }

    /** Measures it behind a slice, and so before the next; whether the slice counts. */
    boolean counts() {
        boolean before = calm;
        calm = isCalm();
        return (before && calm) || ++dropped > patience;
    }

    /** What the work mostly took; 0 if it was not done. */
    double usual() {
        return lays.isEmpty()
                ? 0
                : Sampling.median(lays.stream().mapToDouble(Long::doubleValue).toArray());
    }

    private boolean isCalm() {
        long start = Clock.CPU.nanos();
        work();
        long spent = Clock.CPU.nanos() - start;
        lays.add(spent);
        best = Math.min(best, spent);
        return spent <= best * TOLERANCE;
    }

    /** More than one chain of steps that wait for each other, so that a core is busy with it. */
    private static void work() {
        long a = 1;
        long b = 2;
        long c = 3;
        long d = 4;
        long e = 5;
        long f = 6;
        for (int i = 0; i < STEPS; i++) {
            a += a >> 3 ^ i;
            b += b >> 5 ^ i;
            c += c >> 7 ^ i;
            d += d >> 2 ^ i;
            e += e >> 4 ^ i;
            f += f >> 6 ^ i;
        }
        sink = a + b + c + d + e + f;
    }
}
