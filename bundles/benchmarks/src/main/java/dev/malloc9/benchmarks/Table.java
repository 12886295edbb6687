package dev.malloc9.benchmarks;

import dev.malloc9.benchmarks.allocators.Allocator;
import dev.malloc9.benchmarks.workloads.Figure;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** Formats the figures of a run as text. */
final class Table {

    private Table() {}

    /** Returns the description of the machine, a table for each figure that was measured, and the lines about missing samples. */
    static String of(List<Measured> all, List<String> missing, String machine) {
        Formatter out = new Formatter(Locale.ROOT);
        out.format("%s%n", machine);
        out.format("median, best and worst of fresh processes; less is better%n");
        out.format("B/op: heap bytes of one operation; ratio: in multiples of the first line%n");
        for (Figure figure : Figure.values()) {
            List<Measured> rows = all.stream()
                    .filter(row -> row.figure().equals(figure.title()))
                    .toList();
            if (!rows.isEmpty()) {
                print(out, figure, rows);
            }
        }
        if (!missing.isEmpty()) {
            out.format("%n");
            missing.forEach(line -> out.format("%s%n", line));
        }
        return out.toString();
    }

    private static void print(Formatter out, Figure figure, List<Measured> rows) {
        out.format("%n%s: %s%n", figure.title(), figure.description());
        out.format(
                "%-20s %5s %8s %8s %8s %8s %8s  %s%n",
                "allocator",
                "forks",
                "median",
                "min",
                "max",
                "B/op",
                "ratio",
                figure.unit().title());
        for (Measured row : rows) {
            out.format(
                    "%-20s %5d %8.2f %8.2f %8.2f %8.1f %8.2f%n",
                    row.allocator(), row.forks(), row.median(), row.min(), row.max(), row.bytesPerOp(), row.ratio());
        }
        rows.stream()
                .skip(1)
                .filter(row -> row.allocator().equals(Allocator.NETTY_POOLED.title()))
                .forEach(row ->
                        out.format("%s: %.2f of Netty Pooled%n", rows.getFirst().allocator(), 1 / row.ratio()));
    }
}
