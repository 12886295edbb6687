package dev.malloc9.benchmarks.workloads;

/** The families of figures. A chart shows the figures of one family in one unit. */
public enum Family {
    PAIRS("a block lives for one touch"),
    SETS("working sets"),
    BURSTS("bursts of 10,000 blocks"),
    THREADS("several threads"),
    MEMORY("memory that the process holds"),
    STATISTICS("ablation: the cost of counting");

    private final String title;

    Family(String title) {
        this.title = title;
    }

    /** Returns the name in charts. */
    public String title() {
        return title;
    }
}
