package malloc9.benchmarks.workloads;

/** What a figure counts. */
public enum Unit {
    CPU_NANOS("thread CPU ns/op"),
    WALL_NANOS("wall clock ns/op"),
    TIMES_LIVE("times what is live"),
    PERCENT_OF_PEAK("% of the peak");

    private final String title;

    Unit(String title) {
        this.title = title;
    }

    /** What tables call it. */
    public String title() {
        return title;
    }

    /** Whether a figure is a time, not a space. */
    public boolean isTime() {
        return this == CPU_NANOS || this == WALL_NANOS;
    }
}
