package dev.malloc9.benchmarks.statistics;

/** The implementations of counters, in the order of the table. */
public enum Accounting {
    PER_CPU("per CPU, owner only"),
    LOCK("one lock a type"),
    ATOMICS("AtomicLong"),
    ADDERS("LongAdder");

    private final String title;

    Accounting(String title) {
        this.title = title;
    }

    /** Returns the name in tables. */
    public String title() {
        return title;
    }

    /** Creates the counters of one type, all of them zero. */
    public Counters open() {
        return switch (this) {
            case PER_CPU -> new PerCpuCounters();
            case LOCK -> new LockedCounters();
            case ATOMICS -> new AtomicCounters();
            case ADDERS -> new AdderCounters();
        };
    }
}
