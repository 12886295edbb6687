package malloc9.benchmarks.workloads;

/**
 * What one process found out about one figure.
 *
 * @param value in the figure's unit
 * @param heapBytes of the Java heap that one operation allocates
 */
public record Sample(double value, double heapBytes) {}
