package dev.malloc9.benchmarks;

import dev.malloc9.benchmarks.allocators.Allocator;
import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Sample;
import dev.malloc9.benchmarks.workloads.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Results like the ones that a run measures. */
final class Samples {

    static final Contender SEGMENTS = Contender.of(Allocator.SEGMENTS);
    static final Contender ADDRESSES = Contender.of(Allocator.ADDRESSES);
    static final Contender POOLED = Contender.of(Allocator.NETTY_POOLED);

    private Samples() {}

    /** Returns the results of two contenders on the workload pair64: three processes each. A third contender has no results. */
    static Results pair64() {
        Results results = new Results(List.of(SEGMENTS, ADDRESSES, POOLED));
        add(results, POOLED, Figure.PAIR64, 24, 40, 30, 50);
        add(results, SEGMENTS, Figure.PAIR64, 0, 10, 9, 11);
        return results;
    }

    static void add(Results results, Contender contender, Figure figure, double heapBytes, double... values) {
        Arrays.stream(values)
                .forEach(value -> results.add(
                        contender, Workload.PAIR64, new Outcome.Found(Map.of(figure, new Sample(value, heapBytes)))));
    }
}
