package dev.malloc9.benchmarks.allocators;

/**
 * An allocator whose blocks are objects that check their bounds.
 *
 * @param <B> the class of a block
 */
public non-sealed interface Blocks<B> extends Subject {

    /**
     * Allocates a block.
     *
     * @param bytes the size in bytes
     */
    B malloc(int bytes);

    /**
     * Allocates a block that is filled with zeros.
     *
     * @param bytes the size in bytes
     */
    B zeroed(int bytes);

    /** Writes the first eight bytes of a block; of an mbuf packet only the first byte. */
    void touch(B block, long value);

    /**
     * Writes all bytes of a block.
     *
     * @param bytes the size in bytes with which the block was allocated
     */
    void fill(B block, int bytes);

    /** Frees a block. */
    void free(B block);

    /**
     * Returns the allocator's zone for blocks of one size; this allocator if it has no zones.
     *
     * @throws Unavailable if the allocator has zones that cannot be used here
     */
    default Blocks<B> zone(int bytes) {
        return this;
    }

    /** Returns the allocator's network buffers of 2 KB; this allocator if it has none. */
    default Blocks<?> packets() {
        return this;
    }
}
