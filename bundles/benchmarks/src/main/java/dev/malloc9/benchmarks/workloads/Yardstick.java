package dev.malloc9.benchmarks.workloads;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A constant piece of work that accesses no memory: its time shows whether a thread has its core for itself.
 *
 * <p>While a core was shared with a thread of another virtual machine, it ran at two thirds of the speed, for a second or for many (AMD
 * EPYC, November 2026). No clock shows that. A slice counts if the work before it and the work after it took no longer than the fastest
 * work so far, within a tolerance. After many slices that did not count, every slice counts.
 *
 * <p>Two other measurements go with it, for loops that need them. The distance of the processor at the loop's other end
 * ({@link Loop#hopNanos}) also decides about slices. The latency of memory ({@link LatencyProbe}) changes too slowly for that. It is
 * reported, and processes are compared by it later.
 */
final class Yardstick {

    private static final int STEPS = 20_000;

    /** The slowest work that counts, in multiples of the fastest so far. The interrupt of a timer stays within it. */
    private static final double TOLERANCE = 1.08;

    /** The distance in multiples of the smallest so far, beyond which the other processor has no cache in common with this one. */
    private static final double FAR = 2;

    /** The number of slices that may be dropped for each slice to be measured. Once they are used up, every slice counts. */
    private static final int PATIENCE = 4;

    /** The result of the work, which is stored so that C2 does not remove the work. */
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

    /**
     * Creates the yardstick of a loop.
     *
     * @param slices the number of slices that are to be measured
     */
    Yardstick(Loop loop, int slices) {
        this.loop = loop;
        patience = slices * PATIENCE;
        chase = loop.waitsForMemory() ? new LatencyProbe() : null;
    }

    /** Measures the core before a slice. */
    void lay() {
        calm = isCalm();
    }

    /** Measures the core after a slice, and so before the next one. Returns whether the slice counts. */
    boolean counts() {
        boolean before = calm;
        calm = isCalm();
        return (before && calm) || ++dropped > patience;
    }

    /** Returns the median time of the work in nanoseconds; 0 if it was never done. */
    double usual() {
        return usual(lays);
    }

    /** Returns the median time of a load from memory in nanoseconds; 0 if the loop does not wait for memory. */
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

    /** Runs six independent chains of dependent steps, so that the units of the core are busy. */
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
