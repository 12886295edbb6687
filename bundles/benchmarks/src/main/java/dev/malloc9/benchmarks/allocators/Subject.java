package dev.malloc9.benchmarks.allocators;

/** An opened allocator, whose blocks are addresses or objects; or the counters of the ablation. */
public sealed interface Subject permits Addresses, Blocks {

    /** Returns whether a thread may free a block that another thread allocated. */
    default boolean freesAnywhere() {
        return true;
    }

    /**
     * Gives unused memory of the allocator back to the system, as far as the allocator has a function for that. Does nothing by default.
     */
    default void trim() {}
}
