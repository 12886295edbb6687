package malloc9.benchmarks;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import malloc9.benchmarks.workloads.Figure;
import malloc9.benchmarks.workloads.Sample;
import malloc9.benchmarks.workloads.Workload;

/** What the processes of a run found, in the order of the contenders. */
final class Results {

    private final List<String> contenders;
    private final Pace pace;
    private final Map<Figure, Map<String, List<Sample>>> samples = new EnumMap<>(Figure.class);

    /** Of disturbed processes, which count where there is no other. */
    private final Map<Figure, Map<String, List<Sample>>> disturbed = new EnumMap<>(Figure.class);

    /** Why processes are missing; how often. */
    private final Map<String, Integer> failures = new LinkedHashMap<>();

    private final Set<String> leftOut = new LinkedHashSet<>();

    /** Of these contenders, by a pace that has learned from all their processes by the time that results are asked for. */
    Results(List<Contender> contenders, Pace pace) {
        this.contenders = contenders.stream().map(Contender::title).toList();
        this.pace = pace;
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

    /** A line for each figure and contender; the ratio's base is the figure's first contender. */
    List<Measured> measured() {
        List<Measured> all = new ArrayList<>();
        for (Figure figure : Figure.values()) {
            double base = Double.NaN;
            for (String contender : contenders) {
                List<Sample> calm = calm(figure, contender);
                List<Sample> found = calm.isEmpty() ? all(figure, contender) : calm;
                if (!found.isEmpty()) {
                    base = Double.isNaN(base) ? Measured.median(found) : base;
                    all.add(Measured.of(figure, contender, found, base));
                }
            }
        }
        return all;
    }

    /** A line for each reason why something is missing. */
    List<String> missing() {
        List<String> lines = new ArrayList<>();
        leftOut.forEach(reason -> lines.add("left out: " + reason));
        for (Figure figure : Figure.values()) {
            for (String contender : contenders) {
                int calm = calm(figure, contender).size();
                int all = all(figure, contender).size();
                if (calm > 0 && calm < all) {
                    lines.add("disturbed, and left out: " + figure.title() + ", " + contender + ", " + (all - calm)
                            + " of " + all);
                }
            }
        }
        failures.forEach(
                (reason, times) -> lines.add("failed: " + reason + (times == 1 ? "" : ", " + times + " times")));
        return lines;
    }

    private List<Sample> calm(Figure figure, String contender) {
        return of(samples, figure, contender).stream()
                .filter(sample -> pace.isUndisturbed(contender, figure, sample))
                .toList();
    }

    private List<Sample> all(Figure figure, String contender) {
        return Stream.concat(of(samples, figure, contender).stream(), of(disturbed, figure, contender).stream())
                .toList();
    }

    private static List<Sample> of(Map<Figure, Map<String, List<Sample>>> samples, Figure figure, String contender) {
        return samples.getOrDefault(figure, Map.of()).getOrDefault(contender, List.of());
    }
}
