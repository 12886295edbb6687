package dev.malloc9.benchmarks;

import dev.malloc9.benchmarks.allocators.Allocator;
import dev.malloc9.benchmarks.allocators.SafetyLevel;
import dev.malloc9.benchmarks.statistics.Accounting;
import dev.malloc9.benchmarks.workloads.Sampling;
import dev.malloc9.benchmarks.workloads.Workload;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A profile of a benchmark run: the workloads, the number of processes, and the sampling in each process.
 *
 * @param workloads the workloads that are measured
 * @param contenders the contenders that take part
 * @param rounds the number of rounds, which is the number of processes for each workload of malloc9 and of a control, without repeats
 * @param peerRounds the number of processes for each workload of any other contender, spread over the rounds, without repeats
 * @param repeats the number of attempts that may be given up because they were disturbed; 0 accepts every process unchecked
 * @param sampling the sampling in each process
 * @param limit the duration after which no further workload is started
 */
record RunProfile(
        Set<Workload> workloads,
        Predicate<Contender> contenders,
        int rounds,
        int peerRounds,
        int repeats,
        Sampling sampling,
        Duration limit) {

    private static final Set<String> SMOKE = Set.of(
            Allocator.SEGMENTS.title(),
            Allocator.NETTY_POOLED.title(),
            Reference.GLIBC.title(),
            Accounting.PER_CPU.title());

    /**
     * Returns the profile of that name: {@code smoke}, {@code quick}, {@code price}, {@code full} or {@code only}.
     *
     * @param only the titles of the workloads of the profile {@code only}; ignored for other profiles
     * @throws IllegalArgumentException if there is no such profile, or {@code only} has no workload or an unknown one
     */
    static RunProfile of(String name, List<String> only) {
        return switch (name) {
            case "smoke" ->
                new RunProfile(
                        all(), contender -> SMOKE.contains(contender.title()), 1, 1, 0, SHORT, Duration.ofMinutes(3));
            case "quick" ->
                new RunProfile(
                        EnumSet.of(Workload.PAIR64, Workload.SET10K),
                        RunProfile::isInFull,
                        3,
                        3,
                        REPEATS,
                        new Sampling(900, 200, 256),
                        Duration.ofMinutes(3));
            case "price" ->
                new RunProfile(
                        EnumSet.of(Workload.PAIR64, Workload.SET10K),
                        contender -> contender.isMalloc9(),
                        5,
                        5,
                        REPEATS,
                        MIDDLING,
                        Duration.ofMinutes(15));
            case "full" -> new RunProfile(all(), RunProfile::isInFull, 10, 5, REPEATS, LONG, Duration.ofMinutes(70));
            case "only" ->
                new RunProfile(named(only), RunProfile::isInFull, 10, 5, REPEATS, LONG, Duration.ofMinutes(70));
            default -> throw new IllegalArgumentException("neither smoke, quick, price, full nor only: " + name);
        };
    }

    private static final int REPEATS = 3;
    private static final Sampling SHORT = new Sampling(50, 10, 16);
    private static final Sampling MIDDLING = new Sampling(700, 400, 256);
    private static final Sampling LONG = new Sampling(700, 800, 256);

    /**
     * Returns whether a contender is measured in a round.
     *
     * @param round the number of the round, from 0
     */
    boolean runs(Contender contender, int round) {
        int own = contender.isMalloc9() || contender.isControl() ? rounds : peerRounds;
        return contenders.test(contender) && round * own % rounds < own;
    }

    private static boolean isInFull(Contender contender) {
        return !SafetyLevel.isShownOnly(contender.title());
    }

    private static Set<Workload> all() {
        return EnumSet.allOf(Workload.class);
    }

    private static Set<Workload> named(List<String> titles) {
        if (titles.isEmpty()) {
            throw new IllegalArgumentException("only needs a workload: " + Workload.titles());
        }
        Set<Workload> workloads = EnumSet.noneOf(Workload.class);
        titles.forEach(title -> workloads.add(Workload.titled(title)));
        return workloads;
    }
}
