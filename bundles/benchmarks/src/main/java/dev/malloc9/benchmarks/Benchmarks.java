package dev.malloc9.benchmarks;

import dev.malloc9.benchmarks.allocators.AblatedKernel;
import dev.malloc9.benchmarks.allocators.SafetyLevel;
import dev.malloc9.benchmarks.workloads.Family;
import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Unit;
import dev.malloc9.benchmarks.workloads.Workload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A benchmark: measures each workload of a run profile on each contender that takes part.
 *
 * <p>Each process measures one workload on one contender. A figure comes from several processes, since C2 compiles the same code
 * differently from run to run. The processes take turns, contender by contender, so that other load on the machine affects all contenders
 * alike.
 */
public final class Benchmarks {

    private final RunProfile form;
    private final List<Contender> contenders;
    private final CoreDistance distance = new CoreDistance();
    private final CpuPace pace = new CpuPace();

    /**
     * The pairs of a contender's title and a workload's title whose process ended as {@link Outcome.LeftOut}. Such a pair is not tried
     * again.
     */
    private final Set<List<String>> leftOut = new HashSet<>();

    Benchmarks(RunProfile form, List<Contender> contenders) {
        this.form = form;
        this.contenders = contenders;
    }

    /**
     * Runs a profile. Prints the tables and the goals, and writes results.txt, results.json, goals.md and the charts.
     *
     * @param args the folder of the results, which also holds the C program {@code reference} if there is one, and gets the classes of
     *     {@link AblatedKernel}; the folder of the kernel's main sources; the name of the run profile; for {@code only} the titles of its
     *     workloads
     * @throws IOException if a kernel source cannot be read, or a changed source or a result cannot be written
     * @throws IllegalArgumentException if there is no such profile, or {@code only} has no workload or an unknown one
     * @throws IllegalStateException if an ablated kernel cannot be compiled, or the thread is interrupted
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        RunProfile form = RunProfile.of(args[2], Arrays.asList(args).subList(3, args.length));
        Path ablated = folder.resolve("ablated");
        for (SafetyLevel level : SafetyLevel.values()) {
            if (!level.ablations().isEmpty()) {
                AblatedKernel.compile(Path.of(args[1]), level.ablations(), ablated.resolve(level.name()));
            }
        }
        Results results = new Benchmarks(form, Contender.all(folder.resolve("reference"), ablated)).measure();
        List<Measured> all = results.measured();
        String machine = Machine.describe();
        String table = Table.of(all, results.missing(), machine);
        String goals = Goals.evaluate(all);
        System.out.println(table);
        System.out.println(goals);
        write(folder.resolve("results.txt"), table.getBytes(StandardCharsets.UTF_8));
        write(folder.resolve("results.json"), Measured.toJson(all).getBytes(StandardCharsets.UTF_8));
        write(folder.resolve("goals.md"), (machine + "\n\n" + goals).getBytes(StandardCharsets.UTF_8));
        for (Family family : Family.values()) {
            for (Unit unit : Unit.values()) {
                if (all.stream()
                        .map(row -> Figure.titled(row.figure()))
                        .anyMatch(figure -> figure.family() == family && figure.unit() == unit)) {
                    String name = "results-" + family + "-" + unit + ".svg";
                    write(
                            folder.resolve(name.toLowerCase(Locale.ROOT).replace('_', '-')),
                            Chart.svg(all, family, unit, machine));
                }
            }
        }
    }

    /**
     * Runs the processes of all rounds, and returns their outcomes. Starts no further workload once the limit of the profile has passed.
     */
    Results measure() {
        Results results = new Results(contenders);
        long end = System.nanoTime() + form.limit().toNanos();
        for (int round = 0; round < form.rounds(); round++) {
            for (Workload workload : form.workloads()) {
                if (System.nanoTime() - end > 0) {
                    System.err.println("out of time: " + form.limit());
                    return results;
                }
                System.err.println("round " + (round + 1) + " of " + form.rounds() + ": " + workload.title());
                for (Contender contender : contenders) {
                    if (form.runs(contender, round)) {
                        measure(contender, workload, results);
                    }
                }
            }
        }
        return results;
    }

    private void measure(Contender contender, Workload workload, Results results) {
        List<String> both = List.of(contender.title(), workload.title());
        if (!contender.runs().test(workload) || leftOut.contains(both)) {
            return;
        }
        Outcome outcome = outcome(new Trial(contender, workload, form.sampling()));
        results.add(contender, workload, outcome);
        if (outcome instanceof Outcome.LeftOut || outcome instanceof Outcome.Failed) {
            System.err.println(contender.title() + ": " + outcome);
        }
        if (outcome instanceof Outcome.LeftOut) {
            leftOut.add(both);
        }
    }

    /**
     * Returns the outcome of the first process that was not disturbed. If every attempt was disturbed, makes one more and returns its
     * outcome, disturbed or not. Before each attempt except the last, a shared workload waits until the processors are near each other;
     * waiting in vain uses up the attempt. If the profile has no repeats, the only process counts as it is.
     */
    private Outcome outcome(Trial trial) {
        for (int repeats = form.repeats(); repeats > 0; repeats--) {
            if (!trial.workload().isShared() || distance.awaitNear()) {
                Outcome outcome = attempt(trial);
                if (!(outcome instanceof Outcome.Disturbed)) {
                    return outcome;
                }
            }
        }
        return form.repeats() == 0 ? trial.run() : attempt(trial);
    }

    /** Runs a process. If it was disturbed, reports that on the standard error stream and returns {@link Outcome.Disturbed}. */
    private Outcome attempt(Trial trial) {
        Outcome outcome = trial.run();
        if (!(outcome instanceof Outcome.Found found)) {
            return outcome;
        }
        boolean apart = trial.workload().isShared() && !distance.isNear();
        if (!apart && pace.isUndisturbed(found)) {
            return outcome;
        }
        System.err.println(trial.contender().title() + ": disturbed, "
                + (apart ? "the processors were far apart" : "a core was slow"));
        return new Outcome.Disturbed(found.samples());
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, bytes);
        System.out.println(file);
    }
}
