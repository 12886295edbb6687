package malloc9.benchmarks.workloads;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece of work that is always the same and touches no memory: what it takes says whether a thread has its core for itself.
 *
 * <p>Who shares a core with a thread of somebody else's machine gets its CPU time at two thirds of the speed, for a second or for many, and
 * no clock shows that. A slice counts if the work took no longer before it and after it than it does at rest; who waits for
 * that in vain takes what there is.
 *
 * <p>Beside it lie two others, for loops that need them: how far the processor is that works at the loop's other end ({@link Loop#hopNanos}), which
 * decides on slices, too; and how far memory is ({@link LatencyProbe}), which changes too slowly for that.
 */
final class Yardstick {

    private static final int STEPS = 20_000;

    /** What a timer's interrupt adds is left in. */
    private static final double TOLERANCE = 1.08;

    /** A processor that is farther away than so many times the nearest has no cache in common with this one. */
    private static final double FAR = 2;

    /** For so many slices that do not count, one that does. */
    private static final int PATIENCE = 4;

    /** So that the work is done. */
    @SuppressWarnings("unused")
    private static volatile long sink;

    private final Loop loop;
    private final int patience;
    private final @Nullable LatencyProbe chase;
    private final List<Double> lays = new ArrayList<>();
    private final List<Double> loads = new ArrayList<>();
    private double best = Double.POSITIVE_INFINITY;
    private double nearest = Double.POSITIVE_INFINITY;
    private boolean calm;
    private int dropped;

    /** For that many slices of a loop. */
    Yardstick(Loop loop, int slices) {
        this.loop = loop;
        patience = slices * PATIENCE;
        chase = loop.waitsForMemory() ? new LatencyProbe() : null;
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
        return usual(lays);
    }

    /** What a load from memory mostly took; 0 if the loop does not wait for any. */
    double usualLoad() {
        return usual(loads);
    }

    private static double usual(List<Double> nanos) {
        return nanos.isEmpty()
                ? 0
                : Sampling.median(
                        nanos.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private boolean isCalm() {
        if (chase != null) {
            loads.add(chase.nanos());
        }
        double hop = loop.hopNanos();
        nearest = Math.min(nearest, hop);
        long start = Clock.CPU.nanos();
        work();
        double spent = Clock.CPU.nanos() - start;
        lays.add(spent);
        best = Math.min(best, spent);
        return spent <= best * TOLERANCE && hop <= nearest * FAR;
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
