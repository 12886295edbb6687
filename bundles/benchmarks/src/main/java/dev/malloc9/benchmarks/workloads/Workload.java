package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Subject;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;

/** The workloads. A process runs one workload and measures one figure, or several figures that belong together. */
public enum Workload {
    PAIR64,
    ZONEPAIR64,
    PAIR16K,
    ZERO1K,
    PACKET2K,
    SET10K,
    SET100K,
    BURST64,
    BURST1K,
    CROSSFREE,
    THREADS1,
    THREADS2,
    THREADS16,
    VTHREADS10K,
    MEMORY,
    STATISTICS1,
    STATISTICS2;

    /** Returns the name on the command line and in the C program. */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns true for the ablation of the cost of statistics, which counts requests and allocates nothing. */
    public boolean isAblation() {
        return this == STATISTICS1 || this == STATISTICS2;
    }

    /** Returns whether several processors work on the workload at once. */
    public boolean isShared() {
        return switch (this) {
            case CROSSFREE, THREADS2, THREADS16, VTHREADS10K, STATISTICS2 -> true;
            default -> false;
        };
    }

    /** Returns the arguments of the workload's JVMs. */
    public List<String> jvmArguments() {
        return switch (this) {
            // If the heap is resident from the start, and there is little compiled code, only the allocator's pages
            // change.
            case MEMORY ->
                List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
            // The heap is resident from the start here, too, as in a server. Otherwise the first use of each page would
            // count against the allocators that make garbage.
            default -> List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");
        };
    }

    /**
     * Runs the workload and measures its figures. The calling thread runs it, or starts the threads that do and waits for them.
     *
     * @param subject the allocator, or the counters if the workload is an ablation
     * @param threads the factory of further platform threads, if the workload has any
     * @throws dev.malloc9.benchmarks.allocators.Unavailable if the allocator cannot run the workload, or the system cannot measure it
     * @throws IllegalStateException if a thread of the workload failed, or the calling thread is interrupted
     */
    public Map<Figure, Sample> measure(Subject subject, ThreadFactory threads, Sampling sampling) {
        return switch (this) {
            case PAIR64 -> slices(Figure.PAIR64, Clock.CPU, Pair.of64(subject), sampling);
            case ZONEPAIR64 -> slices(Figure.ZONEPAIR64, Clock.CPU, Pair.ofZone64(subject), sampling);
            case PAIR16K -> slices(Figure.PAIR16K, Clock.CPU, Pair.of16k(subject), sampling);
            case ZERO1K -> slices(Figure.ZERO1K, Clock.CPU, Pair.ofZeroed1k(subject), sampling);
            case PACKET2K -> slices(Figure.PACKET2K, Clock.CPU, Pair.ofPacket2k(subject), sampling);
            case SET10K -> slices(Figure.SET10K, Clock.CPU, WorkingSet.of10k(subject), sampling);
            case SET100K -> slices(Figure.SET100K, Clock.CPU, WorkingSet.of100k(subject), sampling);
            case BURST64 -> slices(Figure.BURST64, Clock.CPU, Burst.of64(subject), sampling);
            case BURST1K -> slices(Figure.BURST1K, Clock.CPU, Burst.of1k(subject), sampling);
            case CROSSFREE -> slices(Figure.CROSSFREE, Clock.WALL, CrossFree.of(subject, threads), sampling);
            case THREADS1 ->
                Map.of(Figure.THREADS1, team(1, subject, threads, sampling).cpu());
            case THREADS2 -> {
                Team.Result two = team(2, subject, threads, sampling);
                yield Map.of(Figure.THREADS2, two.cpu(), Figure.THREADS2_WALL, two.wall());
            }
            case THREADS16 ->
                Map.of(
                        Figure.THREADS16_WALL,
                        team(16, subject, threads, sampling).wall());
            case VTHREADS10K -> Map.of(Figure.VTHREADS10K, VirtualThreads.measure(subject, sampling.shared(2)));
            case MEMORY -> MemoryTrace.measure(subject, sampling);
            case STATISTICS1 ->
                Map.of(
                        Figure.STATISTICS1,
                        counting(1, subject, threads, sampling).wall());
            case STATISTICS2 ->
                Map.of(
                        Figure.STATISTICS2,
                        counting(2, subject, threads, sampling).wall());
        };
    }

    /**
     * Returns the workload of that title.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Workload titled(String title) {
        return Arrays.stream(values())
                .filter(workload -> workload.title().equals(title))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no workload: " + title + "; " + titles()));
    }

    /** Returns a clause that lists the titles: "there are ...". */
    public static String titles() {
        return Arrays.stream(values()).map(Workload::title).collect(Collectors.joining(", ", "there are ", ""));
    }

    private static Map<Figure, Sample> slices(Figure figure, Clock clock, Loop loop, Sampling sampling) {
        try (loop) {
            return Map.of(figure, sampling.measure(loop, clock));
        }
    }

    private static Team.Result team(int size, Subject subject, ThreadFactory threads, Sampling sampling) {
        return Team.measure(size, () -> Mix.of(subject), threads, sampling.shared(size));
    }

    private static Team.Result counting(int size, Subject subject, ThreadFactory threads, Sampling sampling) {
        return Team.measure(size, () -> Counting.of(subject), threads, sampling);
    }
}
