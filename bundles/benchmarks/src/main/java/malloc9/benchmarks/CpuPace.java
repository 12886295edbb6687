package malloc9.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * How fast the machine's cores are: what the yardstick mostly took in a process, beside what it took in others.
 *
 * <p>Inside a process the yardstick finds the slices in which somebody else had a share of the core. Who has a share as long as the process
 * lives is not found there, and makes all of it half as long again.
 */
final class CpuPace {

    /** What is slower than that, in multiples of a good process, was disturbed. */
    private static final double TOLERANCE = 1.08;

    /** A good process is one that so many, of a hundred, are not as good as: nobody's clock is right all the time. */
    private static final int GOOD = 75;

    private final List<Double> paces = new ArrayList<>();

    /** Whether a process had its core for itself, as far as one can know by now. */
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
