package dev.malloc9.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * The pace of the machine's cores: compares the yardstick's median time in one process with its median times in all processes so far.
 *
 * <p>Inside a process the yardstick finds the slices in which another virtual machine had a share of the core. A share that is taken for
 * the whole life of a process cannot be found there. The whole process then takes about 1.5 times as long.
 */
final class CpuPace {

    /** The slowest pace that counts as undisturbed, in multiples of the pace of a good process. */
    private static final double TOLERANCE = 1.08;

    /**
     * The percentage of processes that are slower than a good process. The reference is a quartile and not the minimum, since a clock is
     * not always right.
     */
    private static final int GOOD = 75;

    private final List<Double> paces = new ArrayList<>();

    /**
     * Records the pace of a process and returns whether the process had its cores for itself, as far as the processes so far show. The
     * first pace counts as undisturbed, and so does a sample without a pace.
     */
    boolean isUndisturbed(Outcome.Found found) {
        return found.samples().values().stream()
                .allMatch(sample -> sample.paceNanos() == 0 || isUndisturbed(sample.paceNanos()));
    }

    boolean isUndisturbed(double nanos) {
        paces.add(nanos);
        paces.sort(null);
        return nanos <= paces.get(paces.size() * (100 - GOOD) / 100) * TOLERANCE;
    }
}
