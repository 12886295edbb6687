package malloc9.benchmarks;

import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import malloc9.benchmarks.allocators.Allocator;

/** The figures as text. */
final class Table {

    private Table() {}

    /** A table for each workload, and below it what the goals are about. */
    static String of(List<Measured> all, String machine) {
        Formatter out = new Formatter(Locale.ROOT);
        out.format("%s%n", machine);
        int forks = all.stream().mapToInt(Measured::forks).max().orElse(0);
        out.format("thread CPU nanoseconds of one operation: median, best and worst of %d JVMs%n", forks);
        out.format("B/op: heap bytes of one operation; ratio: in multiples of malloc9 segments%n");
        for (Workload workload : Workload.values()) {
            out.format("%n%s: %s%n", workload.title(), workload.description());
            out.format("%-20s %8s %8s %8s %8s %8s%n", "allocator", "median", "min", "max", "B/op", "ratio");
            List<Measured> rows = all.stream()
                    .filter(row -> row.workload().equals(workload.title()))
                    .toList();
            for (Measured row : rows) {
                out.format(
                        "%-20s %8.1f %8.1f %8.1f %8.1f %8.2f%n",
                        row.allocator(), row.medianNs(), row.minNs(), row.maxNs(), row.bytesPerOp(), row.ratio());
            }
            rows.stream()
                    .filter(row -> row.allocator().equals(Allocator.NETTY_POOLED.title()))
                    .forEach(row -> out.format("malloc9 segments: %.2f of Netty Pooled%n", 1 / row.ratio()));
        }
        return out.toString();
    }
}
