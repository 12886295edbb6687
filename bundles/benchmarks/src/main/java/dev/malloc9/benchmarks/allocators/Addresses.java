package dev.malloc9.benchmarks.allocators;

/** An allocator whose blocks are addresses. Accesses to such a block are not checked. */
public non-sealed interface Addresses extends Subject {

    /**
     * Allocates a block.
     *
     * @param bytes the size in bytes
     */
    long malloc(int bytes);

    /**
     * Allocates a block that is filled with zeros.
     *
     * @param bytes the size in bytes
     */
    long zeroed(int bytes);

    /** Frees a block. */
    void free(long block);

    /**
     * Returns the allocator's zone for blocks of one size; this allocator if it has no zones.
     *
     * @throws Unavailable if the allocator has zones that cannot be used here
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
