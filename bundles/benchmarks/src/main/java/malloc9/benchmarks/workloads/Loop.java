package malloc9.benchmarks.workloads;

/** A workload on an allocator: a loop that goes on where it stopped. */
public interface Loop extends AutoCloseable {

    /** Does that many operations more, a multiple of {@link #grain}. */
    void run(int operations);

    /** The fewest operations that can be done at a time. */
    default int grain() {
        return 1;
    }

    /**
     * Goes on with another block than before, where it would use the same one for ever.
     *
     * <p>A processor takes a load for one of what was just stored if both lie at the same place of a page, whichever page, and makes it wait. Whether a
     * block does that to something hot is luck, which stays with a process; whoever moves on between slices has all the luck there is.
     */
    default void move() {}

    /** What it takes just now to hand a line of the cache to the processor that works at the other end, in nanoseconds; 0 if there is none. */
    default double hopNanos() {
        return 0;
    }

    /** Whether what it touches is more than the caches hold. */
    default boolean waitsForMemory() {
        return false;
    }

    /** Ends what the loop has started beside itself. */
    @Override
    default void close() {}
}
