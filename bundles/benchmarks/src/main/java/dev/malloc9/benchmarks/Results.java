package dev.malloc9.benchmarks;

import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Sample;
import dev.malloc9.benchmarks.workloads.Workload;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The samples of a run's processes, by figure and contender. */
final class Results {

    private final List<String> contenders;
    private final Map<Figure, Map<String, List<Sample>>> samples = new EnumMap<>(Figure.class);

    /** The samples of disturbed processes. They count only for a figure and contender without any other sample. */
    private final Map<Figure, Map<String, List<Sample>>> disturbed = new EnumMap<>(Figure.class);

    /** The workload, contender and reason of each failure, with the number of occurrences. */
    private final Map<String, Integer> failures = new LinkedHashMap<>();

    private final Set<String> leftOut = new LinkedHashSet<>();

    Results(List<Contender> contenders) {
        this.contenders = contenders.stream().map(Contender::title).toList();
    }

    void add(Contender contender, Workload workload, Outcome outcome) {
        switch (outcome) {
            case Outcome.Found found ->
                found.samples().forEach((figure, sample) -> add(samples, contender, figure, sample));
            case Outcome.Disturbed found ->
                found.samples().forEach((figure, sample) -> add(disturbed, contender, figure, sample));
            case Outcome.LeftOut left ->
                leftOut.add(workload.title() + ", " + contender.title() + ": " + left.reason());
            case Outcome.Failed failed ->
                failures.merge(workload.title() + ", " + contender.title() + ": " + failed.reason(), 1, Integer::sum);
        }
    }

    private static void add(
            Map<Figure, Map<String, List<Sample>>> samples, Contender contender, Figure figure, Sample sample) {
        samples.computeIfAbsent(figure, first -> new LinkedHashMap<>())
                .computeIfAbsent(contender.title(), first -> new ArrayList<>())
                .add(sample);
    }

    /**
     * Returns a result for each figure and contender that has samples, ordered by figure, and for each figure in the order of the
     * contenders. The base of the ratio is the first contender with samples of the figure.
     */
    List<Measured> measured() {
        List<Measured> all = new ArrayList<>();
        for (Figure figure : Figure.values()) {
            double base = Double.NaN;
            for (String contender : contenders) {
                List<Sample> calm = of(samples, figure, contender);
                List<Sample> found = calm.isEmpty() ? of(disturbed, figure, contender) : calm;
                if (!found.isEmpty()) {
                    base = Double.isNaN(base) ? Measured.median(found) : base;
                    all.add(Measured.of(figure, contender, found, base));
                }
            }
        }
        return all;
    }

    /** Returns a line for each reason why a sample is missing: left out, disturbed and not used, or failed. */
    List<String> missing() {
        List<String> lines = new ArrayList<>();
        leftOut.forEach(reason -> lines.add("left out: " + reason));
        disturbed.forEach((figure, byContender) -> byContender.forEach((contender, found) -> {
            if (!of(samples, figure, contender).isEmpty()) {
                lines.add("disturbed, and left out: " + figure.title() + ", " + contender + ", " + found.size() + " of "
                        + (found.size() + of(samples, figure, contender).size()));
            }
        }));
        failures.forEach(
                (reason, times) -> lines.add("failed: " + reason + (times == 1 ? "" : ", " + times + " times")));
        return lines;
    }

    private static List<Sample> of(Map<Figure, Map<String, List<Sample>>> samples, Figure figure, String contender) {
        return samples.getOrDefault(figure, Map.of()).getOrDefault(contender, List.of());
    }
}
