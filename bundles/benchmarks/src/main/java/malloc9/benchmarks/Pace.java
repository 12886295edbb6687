package malloc9.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import malloc9.benchmarks.workloads.Figure;
import malloc9.benchmarks.workloads.Sample;
import malloc9.benchmarks.workloads.Sampling;

/**
 * How fast the machine is: what the yardstick and a load mostly took in a process, beside what they took in others.
 *
 * <p>Inside a process the yardstick finds the slices in which somebody else had a share of the core. Who has a share as long as the process
 * lives is not found there, and makes all of it half as long again. And memory that others use, too, is at times twice as far away as at others, for
 * minutes; processes of a figure are compared that found it at about the same distance.
 */
final class Pace {

    /** What is slower than that, in multiples of a good process, was disturbed. */
    private static final double TOLERANCE = 1.08;

    /** A good process is one that so many, of a hundred, are not as good as: nobody's clock is right all the time. */
    private static final int GOOD = 75;

    /** Memory is so many times nearer or farther than for most processes of that figure, and no more. */
    private static final double LOAD_TOLERANCE = 1.12;

    private final List<Double> paces = new ArrayList<>();
    private final Map<Figure, Map<String, List<Double>>> loads = new HashMap<>();

    /** Learns what a contender's process found. */
    void learn(String contender, Map<Figure, Sample> samples) {
        samples.forEach((figure, sample) -> {
            if (sample.paceNanos() != 0) {
                paces.add(sample.paceNanos());
            }
            if (sample.loadNanos() != 0) {
                loadsOf(contender, figure).add(sample.loadNanos());
            }
        });
        paces.sort(null);
    }

    /** Whether a process that is known had its core for itself, and memory where it mostly is, as far as one can know by now. */
    boolean isUndisturbed(String contender, Figure figure, Sample sample) {
        return isGood(sample.paceNanos()) && isUsual(sample.loadNanos(), loadsOf(contender, figure));
    }

    private boolean isGood(double nanos) {
        return nanos == 0 || nanos <= paces.get(paces.size() * (100 - GOOD) / 100) * TOLERANCE;
    }

    private static boolean isUsual(double nanos, List<Double> loads) {
        double usual =
                Sampling.median(loads.stream().mapToDouble(Double::doubleValue).toArray());
        return nanos == 0 || (nanos <= usual * LOAD_TOLERANCE && nanos >= usual / LOAD_TOLERANCE);
    }

    private List<Double> loadsOf(String contender, Figure figure) {
        return loads.computeIfAbsent(figure, first -> new HashMap<>())
                .computeIfAbsent(contender, first -> new ArrayList<>());
    }
}
