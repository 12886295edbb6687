package dev.malloc9.benchmarks.workloads;

/** The units of figures. */
public enum Unit {
    CPU_NANOS("thread CPU ns/op"),
    WALL_NANOS("wall clock ns/op"),
    TIMES_LIVE("times the live bytes"),
    PERCENT_OF_PEAK("% of the peak");

    private final String title;

    Unit(String title) {
        this.title = title;
    }

    /** Returns the name in tables. */
    public String title() {
        return title;
    }

    /** Returns true if a figure of this unit is a time, and false if it is an amount of memory. */
    public boolean isTime() {
        return this == CPU_NANOS || this == WALL_NANOS;
    }
}
