package malloc9.api.runtime;

/**
 * The statistics of one memory type (struct malloc_type_stats, summed over the CPUs).
 *
 * @param name short description
 * @param description what it is for; may be empty
 * @param owner the bundle that declared it
 * @param allocated bytes handed out so far, as size classes and pages
 * @param freed bytes given back so far
 * @param allocs successful allocations so far
 * @param frees frees so far
 * @param sizeMask bit i: a request of a size class above {@code 8 << i} and up to {@code 16 << i} was made
 * @param highBytes most bytes seen in use; sampled, exact where the type has page runs only or a limit
 * @param highBlocks most blocks seen in use, likewise
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

    /** Live blocks; a reader that races with writers may see less than none, shown as 0. */
    public long inUse() {
        return Math.max(0, allocs - frees);
    }

    /** Live bytes, never below 0. */
    public long bytesInUse() {
        return Math.max(0, allocated - freed);
    }
}
