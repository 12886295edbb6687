package malloc9.benchmarks.workloads;

/**
 * What one process found out about one figure.
 *
 * @param value in the figure's unit
 * @param heapBytes of the Java heap that one operation allocates
 * @param paceNanos what the {@link Yardstick} mostly took in that process, whose only busy thread laid it; else 0
 */
public record Sample(double value, double heapBytes, double paceNanos) {

    /** Without a pace. */
    public Sample(double value, double heapBytes) {
        this(value, heapBytes, 0);
    }
}
