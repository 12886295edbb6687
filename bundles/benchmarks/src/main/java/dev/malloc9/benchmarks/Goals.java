package dev.malloc9.benchmarks;

import static dev.malloc9.benchmarks.Goal.atLeast;
import static dev.malloc9.benchmarks.Goal.atMost;

import dev.malloc9.benchmarks.allocators.Allocator;
import dev.malloc9.benchmarks.allocators.SafetyLevel;
import dev.malloc9.benchmarks.workloads.Family;
import dev.malloc9.benchmarks.workloads.Figure;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * The goals that a full run decides, with their limits.
 *
 * <p>If a workload stores many blocks, the goals compare addresses with the C allocators, and segments with Netty only: a stored segment is
 * an additional heap object. The limit for segments is then {@code STORED_SEGMENTS}.
 */
final class Goals {

    private static final String SEGMENTS = Allocator.SEGMENTS.title();
    private static final String ADDRESSES = Allocator.ADDRESSES.title();
    private static final String POOLED = Allocator.NETTY_POOLED.title();
    private static final String ADAPTIVE = Allocator.NETTY_ADAPTIVE.title();
    private static final String MIMALLOC = Allocator.MIMALLOC.title();
    private static final String JEMALLOC = Allocator.JEMALLOC.title();
    private static final String MIMALLOC_C = Reference.MIMALLOC.title();
    private static final String JEMALLOC_C = Reference.JEMALLOC.title();

    /** The number of processes that a figure needs for a verdict. With fewer processes it is an indication. */
    private static final int FORKS = 5;

    private static final double STORED_SEGMENTS = 0.35;

    /**
     * The figures of time whose workloads store thousands of blocks. A stored segment is a heap object that may not be in the processor's
     * cache when it is used again.
     */
    private static final Set<Figure> STORING =
            EnumSet.of(Figure.SET10K, Figure.SET100K, Figure.BURST64, Figure.BURST1K, Figure.CROSSFREE);

    private Goals() {}

    private static List<Goal> all() {
        List<Goal> goals = new ArrayList<>();
        goals.add(times("G1", Figure.PAIR64, SEGMENTS, POOLED, 0.25));
        goals.add(times("G1", Figure.PAIR64, SEGMENTS, ADAPTIVE, 0.25));
        goals.add(times("G1", Figure.PAIR64, SEGMENTS, MIMALLOC, 1.3).moonshot(1.0));
        goals.add(times("G1", Figure.PAIR64, ADDRESSES, MIMALLOC, 1.15).moonshot(1.0));
        goals.add(heap("G1", Figure.PAIR64, SEGMENTS, 0));
        goals.add(times("G2", Figure.ZONEPAIR64, SEGMENTS, MIMALLOC, 0.55));
        goals.add(times("G2", Figure.ZONEPAIR64, SEGMENTS, JEMALLOC, 0.75));
        goals.add(times("G3", Figure.SET10K, ADDRESSES, MIMALLOC_C, 1.05).moonshot(1.0));
        goals.add(times("G3", Figure.SET10K, ADDRESSES, JEMALLOC_C, 0.45));
        goals.add(times("G3", Figure.SET10K, ADDRESSES, POOLED, 0.14));
        goals.add(times("G3", Figure.SET10K, SEGMENTS, POOLED, STORED_SEGMENTS));
        goals.add(times("G3", Figure.SET100K, ADDRESSES, MIMALLOC_C, 1.1).moonshot(1.0));
        goals.add(times("G3", Figure.SET100K, SEGMENTS, POOLED, STORED_SEGMENTS));
        goals.add(times("G4", Figure.BURST64, ADDRESSES, MIMALLOC_C, 2.0).moonshot(1.5));
        goals.add(times("G4", Figure.BURST64, SEGMENTS, POOLED, STORED_SEGMENTS));
        goals.add(times("G4", Figure.BURST1K, ADDRESSES, MIMALLOC_C, 0.9));
        goals.add(times("G4", Figure.BURST1K, SEGMENTS, POOLED, STORED_SEGMENTS));
        goals.add(times("G5", Figure.CROSSFREE, ADDRESSES, MIMALLOC, 0.5).moonshot(0.3));
        goals.add(times("G5", Figure.CROSSFREE, ADDRESSES, JEMALLOC, 0.5).moonshot(0.3));
        goals.add(times("G5", Figure.CROSSFREE, SEGMENTS, POOLED, STORED_SEGMENTS));
        goals.add(times("G6", Figure.ZERO1K, SEGMENTS, MIMALLOC_C, 1.1).moonshot(1.0));
        goals.add(times("G7", Figure.SET10K, ADDRESSES, SafetyLevel.BARE.title(), 1.4)
                .moonshot(1.25));
        goals.add(times("G7", Figure.SET10K, ADDRESSES, SafetyLevel.UNCOUNTED.title(), 1.1));
        goals.add(times("G7", Figure.SET10K, SafetyLevel.SAMPLED.title(), ADDRESSES, 1.03));
        goals.add(times("mbuf", Figure.PACKET2K, SEGMENTS, POOLED, 0.5));
        for (String own : List.of(SEGMENTS, ADDRESSES)) {
            goals.add(atLeast(
                    "G8",
                    own + ": efficiency of 2 threads",
                    0.9,
                    run -> run.of(Figure.THREADS1, own) / run.of(Figure.THREADS2, own)));
            goals.add(atLeast(
                    "G8",
                    own + ": throughput of 16 threads / of 2",
                    0.7,
                    run -> run.of(Figure.THREADS2_WALL, own) / run.of(Figure.THREADS16_WALL, own)));
            goals.add(atLeast(
                            "G8",
                            own + ": throughput of 10,000 virtual threads / " + MIMALLOC,
                            0.75,
                            run -> run.ratio(Figure.VTHREADS10K, MIMALLOC, own))
                    .moonshot(1.0));
            goals.add(atLeast(
                    "G8",
                    own + ": throughput of 10,000 virtual threads / " + POOLED,
                    4,
                    run -> run.ratio(Figure.VTHREADS10K, POOLED, own)));
            goals.add(plain("G9", Figure.RSS_FILL, own, 1.12));
            goals.add(plain("G9", Figure.RSS_CHURN, own, 1.20));
            goals.add(plain("G9", Figure.RSS_FREE, own, 5));
            goals.add(plain("G9", Figure.RSS_SPARSE, own, 7).moonshot(4));
        }
        goals.add(heap("G10", Figure.PAIR64, SEGMENTS, 0));
        goals.add(heap("G10", Figure.PAIR64, ADDRESSES, 0));
        goals.add(heap("G10", Figure.SET10K, SEGMENTS, 40));
        goals.add(heap("G10", Figure.SET10K, ADDRESSES, 0));
        for (Figure figure : Figure.values()) {
            if (figure.unit().isTime() && figure.family() != Family.STATISTICS) {
                goals.add(spread(figure, SEGMENTS));
                if (figure != Figure.PACKET2K) {
                    goals.add(spread(figure, ADDRESSES));
                }
            }
        }
        return goals;
    }

    /**
     * Returns the verdicts as a Markdown table. If a figure of malloc9's segments or addresses comes from fewer than {@code FORKS}
     * processes, or there is none, a line before the table says so.
     */
    static String evaluate(List<Measured> measured) {
        Medians run = new Medians(measured);
        Formatter out = new Formatter(Locale.ROOT);
        int forks = run.forks(Set.of(SEGMENTS, ADDRESSES));
        if (forks < FORKS) {
            out.format("%d of at least %d processes a figure: an indication, no verdict%n%n", forks, FORKS);
        }
        out.format("| goal | figure | found | limit | moonshot | verdict |%n|---|---|---|---|---|---|%n");
        for (Goal goal : all()) {
            double found = goal.figure().applyAsDouble(run);
            out.format(
                    "| %s | %s | %s | %s %s | %s | %s |%n",
                    goal.id(),
                    goal.text(),
                    number(found),
                    goal.bound(),
                    number(goal.limit()),
                    number(goal.moonshot()),
                    goal.verdict(run));
        }
        return out.toString();
    }

    private static Goal times(String id, Figure figure, String own, String other, double limit) {
        return atMost(id, figure.title() + ": " + own + " / " + other, limit, run -> run.ratio(figure, own, other));
    }

    private static Goal heap(String id, Figure figure, String own, double limit) {
        return atMost(
                id, figure.title() + ": heap bytes of one operation, " + own, limit, run -> run.heapBytes(figure, own));
    }

    private static Goal plain(String id, Figure figure, String own, double limit) {
        return atMost(
                id, figure.title() + ": " + figure.unit().title() + ", " + own, limit, run -> run.of(figure, own));
    }

    private static Goal spread(Figure figure, String own) {
        return atMost("G11", figure.title() + ": worst / best process, " + own, 1.3, run -> run.spread(figure, own))
                .controlledBy(run -> control(run, figure, own));
    }

    /**
     * Returns the spread of mimalloc, in C if it was measured there. For segments in a workload that stores blocks, returns the spread of
     * Netty's pooled allocator if that is larger: its heap objects leave the processor's cache, too. Not a number if neither was measured.
     */
    private static double control(Medians run, Figure figure, String own) {
        double inC = run.spread(figure, MIMALLOC_C);
        double mimalloc = Double.isNaN(inC) ? run.spread(figure, MIMALLOC) : inC;
        double netty = own.equals(SEGMENTS) && STORING.contains(figure) ? run.spread(figure, POOLED) : Double.NaN;
        return DoubleStream.of(mimalloc, netty)
                .filter(spread -> !Double.isNaN(spread))
                .max()
                .orElse(Double.NaN);
    }

    /** Returns a number with two decimals; an empty string for not a number. */
    static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
    }
}
