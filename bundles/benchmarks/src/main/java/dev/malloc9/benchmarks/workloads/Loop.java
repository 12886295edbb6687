package dev.malloc9.benchmarks.workloads;

/** A workload on an allocator: a loop that continues where its last run ended. */
public interface Loop extends AutoCloseable {

    /**
     * Runs more operations.
     *
     * @param operations the number of operations, a multiple of {@link #grain}
     */
    void run(int operations);

    /** Returns the smallest number of operations that can be run at a time. */
    default int grain() {
        return 1;
    }

    /**
     * Continues with another block than before, if the loop would otherwise use the same block for ever. Does nothing by default.
     *
     * <p>A processor delays a load if a recent store has the same offset in another page (4 KiB aliasing). It is a matter of chance whether
     * a block has the same offset as a word in frequent use. Without a move, that chance stays the same for the life of a process. A loop
     * that moves between slices gets all offsets in turn.
     */
    default void move() {}

    /**
     * Returns the time that it takes at present to hand a cache line to the processor at the loop's other end, in nanoseconds; 0 if there
     * is none.
     */
    default double hopNanos() {
        return 0;
    }

    /** Returns whether the loop touches more memory than the caches hold. */
    default boolean waitsForMemory() {
        return false;
    }

    /** Ends the threads that the loop started, and frees the blocks that it keeps between runs. Does nothing by default. */
    @Override
    default void close() {}
}
