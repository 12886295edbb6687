package dev.malloc9.benchmarks.workloads;

/**
 * The result of one process for one figure.
 *
 * @param value the value in the figure's unit
 * @param heapBytes the bytes of Java heap that one operation allocates; 0 for the memory trace and the C program
 * @param paceNanos the median time of the {@link Yardstick} in nanoseconds, in the thread that ran the slices; 0 for a team, virtual
 *     threads, the memory trace and the C program
 * @param loadNanos the median time of a load from memory in nanoseconds, if the loop waits for memory ({@link LatencyProbe}); otherwise 0
 */
public record Sample(double value, double heapBytes, double paceNanos, double loadNanos) {

    /** Creates a sample of a process whose core and memory were not measured. */
    public Sample(double value, double heapBytes) {
        this(value, heapBytes, 0, 0);
    }
}
