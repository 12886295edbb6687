package dev.malloc9.api.runtime;

/**
 * The statistics of one memory type (struct malloc_type_stats, summed over the CPUs).
 *
 * @param name the short description
 * @param description the purpose of the memory; may be empty
 * @param owner the bundle that declares the type
 * @param allocated the bytes allocated so far, as size classes and pages
 * @param freed the bytes freed so far
 * @param allocs the number of successful allocations so far
 * @param frees the number of frees so far
 * @param sizeMask the requested sizes: bit i is set if a request of a size class above {@code 8 << i} and up to {@code 16 << i} bytes was
 *     made, successful or not; size classes above an OS page have no bit
 * @param highBytes the most bytes seen in use; sampled, and exact if the type has only page runs or a limit
 * @param highBlocks the most blocks seen in use; sampled, and exact if the type has a limit
 */
public record TypeStats(
        String name,
        String description,
        ModuleId owner,
        long allocated,
        long freed,
        long allocs,
        long frees,
        int sizeMask,
        long highBytes,
        long highBlocks) {

    /**
     * {@return the number of live blocks} A negative difference, which a reader may see while other threads allocate and free, is returned
     * as 0.
     */
    public long inUse() {
        return Math.max(0, allocs - frees);
    }

    /** {@return the bytes of live blocks; a negative difference is returned as 0} */
    public long bytesInUse() {
        return Math.max(0, allocated - freed);
    }
}
