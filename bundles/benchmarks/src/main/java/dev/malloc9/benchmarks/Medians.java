package dev.malloc9.benchmarks;

import dev.malloc9.benchmarks.workloads.Figure;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The figures of a run in the form in which the goals use them. A figure that was not measured is not a number. */
record Medians(List<Measured> all) {

    double of(Figure figure, String allocator) {
        return find(figure, allocator, Measured::median);
    }

    /** Returns the median of an allocator in multiples of another allocator's median. */
    double ratio(Figure figure, String allocator, String other) {
        return of(figure, allocator) / of(figure, other);
    }

    double heapBytes(Figure figure, String allocator) {
        return find(figure, allocator, Measured::bytesPerOp);
    }

    /** Returns the value of the worst process in multiples of the best one, over the processes that can be compared. */
    double spread(Figure figure, String allocator) {
        return find(figure, allocator, Measured::spread);
    }

    /** Returns the smallest number of processes behind any figure of these allocators; 0 if they have no figure. */
    int forks(Set<String> allocators) {
        return all.stream()
                .filter(row -> allocators.contains(row.allocator()))
                .mapToInt(Measured::forks)
                .min()
                .orElse(0);
    }

    private double find(Figure figure, String allocator, ToDoubleFunction<Measured> column) {
        return all.stream()
                .filter(row ->
                        row.figure().equals(figure.title()) && row.allocator().equals(allocator))
                .mapToDouble(column)
                .findFirst()
                .orElse(Double.NaN);
    }
}
