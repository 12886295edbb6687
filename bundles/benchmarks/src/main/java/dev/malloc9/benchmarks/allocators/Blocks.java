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
     * Writes all bytes of a block; of an mbuf packet only the bytes of its current length, none after {@link #malloc}.
     *
     * @param bytes the size in bytes with which the block was allocated
     */
    void fill(B block, int bytes);

    /** Frees a block. */
    void free(B block);

    /**
     * Returns a new zone of the allocator for blocks of one size; this allocator if it has no zones. A zone ignores the size of a request.
     */
    default Blocks<B> zone(int bytes) {
        return this;
    }

    /** Returns the allocator's network buffers of 2 KB; this allocator if it has none. */
    default Blocks<?> packets() {
        return this;
    }
}
