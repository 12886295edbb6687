package malloc9.benchmarks.allocators;

/** An opened allocator: by address, or by objects. */
public sealed interface Subject permits Addresses, Blocks {

    /** Whether a block may be freed by another thread than the one that allocated it. */
    default boolean freesAnywhere() {
        return true;
    }

    /** Gives back to the system what the allocator keeps for later, as far as it can be asked to. */
    default void trim() {}
}
