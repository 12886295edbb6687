package malloc9.benchmarks.workloads;

/** Figures that one chart shows. */
public enum Family {
    PAIRS("a block lives for one touch"),
    SETS("working sets"),
    BURSTS("bursts of 10,000 blocks"),
    THREADS("several threads"),
    MEMORY("memory that the process holds"),
    STATISTICS("ablation: what counting costs");

    private final String title;

    Family(String title) {
        this.title = title;
    }

    /** What charts call it. */
    public String title() {
        return title;
    }
}
