package malloc9.benchmarks.allocators;

/**
 * An allocator whose blocks are objects, which know their bounds.
 *
 * @param <B> a block
 */
public non-sealed interface Blocks<B> extends Subject {

    /** A block of that many bytes. */
    B malloc(int bytes);

    /** A block of that many bytes, all zero. */
    B zeroed(int bytes);

    /** Writes the block's first eight bytes. */
    void touch(B block, long value);

    /** Writes all bytes of a block. */
    void fill(B block, int bytes);

    /** Gives a block back. */
    void free(B block);

    /**
     * The allocator's own way for blocks of one size; itself if it has none.
     *
     * @throws Unavailable if it has one that cannot be had
     */
    default Blocks<B> zone(int bytes) {
        return this;
    }

    /** The allocator's own network buffers of 2 KB; itself if it has none. */
    default Blocks<?> packets() {
        return this;
    }
}
