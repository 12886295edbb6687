package malloc9.benchmarks;

import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import malloc9.benchmarks.workloads.Figure;

/** The figures of a run as the goals ask for them; what was not measured is not a number. */
record Medians(List<Measured> all) {

    double of(Figure figure, String allocator) {
        return find(figure, allocator, Measured::median);
    }

    /** How many times what the other takes. */
    double ratio(Figure figure, String allocator, String other) {
        return of(figure, allocator) / of(figure, other);
    }

    double heapBytes(Figure figure, String allocator) {
        return find(figure, allocator, Measured::bytesPerOp);
    }

    /** The worst process in multiples of the best one, as far as they can be compared. */
    double spread(Figure figure, String allocator) {
        return find(figure, allocator, Measured::spread);
    }

    /** The least number of processes that any figure of these allocators comes from. */
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
