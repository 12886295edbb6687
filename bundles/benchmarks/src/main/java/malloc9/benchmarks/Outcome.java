package malloc9.benchmarks;

import java.util.Map;
import malloc9.benchmarks.workloads.Figure;
import malloc9.benchmarks.workloads.Sample;

/** How a process ended. */
sealed interface Outcome {

    /** With its figures. */
    record Found(Map<Figure, Sample> samples) implements Outcome {}

    /** With figures, but others had a share of the processors, at each try. */
    record Disturbed(Map<Figure, Sample> samples) implements Outcome {}

    /** The allocator is not there, or cannot do this by nature. */
    record LeftOut(String reason) implements Outcome {}

    /** It crashed, threw or hung. */
    record Failed(String reason) implements Outcome {}
}
