package dev.malloc9.benchmarks.allocators;

/**
 * An allocator whose blocks are addresses. Accesses to such a block are not checked. The counters of the ablation are one, too: they return
 * 0 as the address.
 */
public non-sealed interface Addresses extends Subject {

    /**
     * Allocates a block. A C allocator returns 0 if it has no memory.
     *
     * @param bytes the size in bytes
     */
    long malloc(int bytes);

    /**
     * Allocates a block that is filled with zeros. A C allocator returns 0 if it has no memory.
     *
     * @param bytes the size in bytes
     */
    long zeroed(int bytes);

    /** Frees a block. */
    void free(long block);

    /**
     * Returns a new zone of the allocator for blocks of one size; this allocator if it has no zones. A zone ignores the size of a request.
     */
    default Addresses zone(int bytes) {
        return this;
    }

    /**
     * Returns the allocator's network buffers of 2 KB; this allocator if it has none.
     *
     * @throws Unavailable if the allocator has network buffers that cannot be used by address
     */
    default Addresses packets() {
        return this;
    }
}
