package dev.malloc9.benchmarks.workloads;

import java.util.Arrays;
import java.util.Locale;

/** A figure, for which there is a table with a line for each contender that measured it. The lower value is the better one. */
public enum Figure {
    PAIR64(Family.PAIRS, Unit.CPU_NANOS, "malloc + touch + free of 64 B"),
    ZONEPAIR64(Family.PAIRS, Unit.CPU_NANOS, "the same through a zone; for the peers malloc and free"),
    PAIR16K(Family.PAIRS, Unit.CPU_NANOS, "malloc + touch + free of 16 KB"),
    ZERO1K(Family.PAIRS, Unit.CPU_NANOS, "malloc + touch + free of 1 KB of zeros"),
    PACKET2K(Family.PAIRS, Unit.CPU_NANOS, "m_getcl + touch + m_freem; for the peers 2 KB"),
    SET10K(Family.SETS, Unit.CPU_NANOS, "replacing one of 10,000 blocks of 16 B to 64 KB"),
    SET100K(Family.SETS, Unit.CPU_NANOS, "replacing one of 100,000 blocks of 16 B to 64 KB, 190 MB together"),
    BURST64(Family.BURSTS, Unit.CPU_NANOS, "10,000 blocks of 64 B, freed in random order; one of them"),
    BURST1K(Family.BURSTS, Unit.CPU_NANOS, "10,000 blocks of 1 KB, freed in random order; one of them"),
    CROSSFREE(Family.THREADS, Unit.WALL_NANOS, "64 B allocated by one thread and freed by another"),
    THREADS1(Family.THREADS, Unit.CPU_NANOS, "pairs and a working set of 1,000, on 1 thread"),
    THREADS2(Family.THREADS, Unit.CPU_NANOS, "the same on each of 2 threads"),
    THREADS2_WALL(Family.THREADS, Unit.WALL_NANOS, "the same on 2 threads, from one operation of any to the next"),
    THREADS16_WALL(Family.THREADS, Unit.WALL_NANOS, "the same on 16 threads, from one operation of any to the next"),
    VTHREADS10K(Family.THREADS, Unit.WALL_NANOS, "pairs of 64 B on 10,000 virtual threads that hold a block and yield"),
    RSS_FILL(Family.MEMORY, Unit.TIMES_LIVE, "blocks of 16 B to 64 KB allocated and written"),
    RSS_CHURN(Family.MEMORY, Unit.TIMES_LIVE, "after ten times as many random replacements"),
    RSS_SPARSE(Family.MEMORY, Unit.TIMES_LIVE, "after freeing a random 90 % and a trim"),
    RSS_SPARSE_PEAK(Family.MEMORY, Unit.PERCENT_OF_PEAK, "the same, of the peak"),
    RSS_FREE(Family.MEMORY, Unit.PERCENT_OF_PEAK, "after freeing all and a trim"),
    STATISTICS1(Family.STATISTICS, Unit.WALL_NANOS, "counting a malloc and a free of one type, on 1 thread"),
    STATISTICS2(Family.STATISTICS, Unit.WALL_NANOS, "the same on 2 threads, from one pair of any to the next");

    private final Family family;
    private final Unit unit;
    private final String description;

    Figure(Family family, Unit unit, String description) {
        this.family = family;
        this.unit = unit;
        this.description = description;
    }

    /** Returns the name in tables and in the output of the processes. */
    public String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public Family family() {
        return family;
    }

    public Unit unit() {
        return unit;
    }

    /** Returns a description of one operation, or of the moment of the measurement. */
    public String description() {
        return description;
    }

    /**
     * Returns the figure of that title.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Figure titled(String title) {
        return Arrays.stream(values())
                .filter(figure -> figure.title().equals(title))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no figure: " + title));
    }
}
