package dev.malloc9.benchmarks;

import dev.malloc9.benchmarks.workloads.Figure;
import dev.malloc9.benchmarks.workloads.Sample;
import java.util.Map;

/** The outcome of a process. */
sealed interface Outcome {

    /** The outcome of a process that measured its figures and was not found to be disturbed, or was not checked for it. */
    record Found(Map<Figure, Sample> samples) implements Outcome {}

    /**
     * The outcome of a process that measured its figures while other load had a share of the processors, or the processors were far apart.
     */
    record Disturbed(Map<Figure, Sample> samples) implements Outcome {}

    /**
     * The outcome of a process whose allocator or a needed system feature is not available, or whose allocator cannot run the workload by
     * design.
     */
    record LeftOut(String reason) implements Outcome {}

    /** The outcome of a process that crashed, threw an exception, did not end in time, or printed no samples. */
    record Failed(String reason) implements Outcome {}
}
