package dev.malloc9.benchmarks.allocators;

/** An opened allocator, whose blocks are addresses or objects. */
public sealed interface Subject permits Addresses, Blocks {

    /** Returns whether a thread may free a block that another thread allocated. */
    default boolean freesAnywhere() {
        return true;
    }

    /** Returns unused memory that the allocator keeps to the system, as far as the allocator has a function for that. */
    default void trim() {}
}
