package malloc9.benchmarks.workloads;

/**
 * What one process found out about one figure.
 *
 * @param value in the figure's unit
 * @param heapBytes of the Java heap that one operation allocates
 * @param paceNanos what the {@link Yardstick} mostly took in that process, whose only busy thread laid it; else 0
 * @param loadNanos what a load from memory mostly took in that process, if it had to wait for many ({@link LatencyProbe}); else 0
 */
public record Sample(double value, double heapBytes, double paceNanos, double loadNanos) {

    /** Of a process that nothing is known of. */
    public Sample(double value, double heapBytes) {
        this(value, heapBytes, 0, 0);
    }
}
