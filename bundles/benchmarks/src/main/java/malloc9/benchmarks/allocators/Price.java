package malloc9.benchmarks.allocators;

import java.util.List;

/**
 * What safety costs: malloc9 by address with less than its default level has, and with more.
 *
 * <p>A line of its own in the tables of the pair and the working set of 10,000.
 */
public enum Price {
    BARE("malloc9 without tags and statistics", "-Dmalloc9.ablation=tags,statistics"),
    UNCOUNTED("malloc9 without statistics", "-Dmalloc9.ablation=statistics"),
    SAMPLED("malloc9 with a sample every 100 ms", "-Dvm.memguard.sample_interval=100"),
    GUARDED_128TH("malloc9 with 1 of 128 guarded", "-Dvm.memguard.frequency=781"),
    GUARDED("malloc9 with all guarded", "-Dvm.memguard.desc=*");

    private final String title;
    private final String jvmArguments;

    Price(String title, String jvmArguments) {
        this.title = title;
        this.jvmArguments = jvmArguments;
    }

    /** What tables call it. */
    public String title() {
        return title;
    }

    /** Arguments of its JVMs: what is left out, or tunables. */
    public List<String> jvmArguments() {
        return List.of(jvmArguments.split(" "));
    }
}
