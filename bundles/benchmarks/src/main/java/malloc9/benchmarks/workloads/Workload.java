package malloc9.benchmarks.workloads;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Collectors;
import malloc9.benchmarks.allocators.Subject;

/** What a process does; it ends with one figure or some that belong together. */
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

    /** What the command line and the C program call it. */
    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it counts requests and allocates nothing: the ablation of what statistics cost. */
    public boolean isAblation() {
        return this == STATISTICS1 || this == STATISTICS2;
    }

    /** Whether several processors work on it at once. */
    public boolean isShared() {
        return switch (this) {
            case CROSSFREE, THREADS2, THREADS16, VTHREADS10K, STATISTICS2 -> true;
            default -> false;
        };
    }

    /** Arguments of its JVMs. */
    public List<String> jvmArguments() {
        return switch (this) {
            // A heap that is resident from the start, and little compiled code, leave the allocator's pages.
            case MEMORY ->
                List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
            // Resident from the start, too, as a server's: else each page's first use is in the figure of whoever makes
            // garbage.
            default -> List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");
        };
    }

    /**
     * Does it, in a thread of that factory.
     *
     * @throws malloc9.benchmarks.allocators.Unavailable if the allocator cannot
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
     * The workload of that title.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Workload titled(String title) {
        return Arrays.stream(values())
                .filter(workload -> workload.title().equals(title))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no workload: " + title + "; " + titles()));
    }

    /** A sentence that lists them. */
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
