package malloc9.benchmarks.workloads;

/** A workload on an allocator: a loop that goes on where it stopped. */
public interface Loop extends AutoCloseable {

    /** Does that many operations more, a multiple of {@link #grain}. */
    void run(int operations);

    /** The fewest operations that can be done at a time. */
    default int grain() {
        return 1;
    }

    /** Ends what the loop has started beside itself. */
    @Override
    default void close() {}
}
