package malloc9.benchmarks.allocators;

/**
 * An allocator whose blocks are objects, which know their bounds.
 *
 * @param <B> a block
 */
public non-sealed interface Blocks<B> extends Subject {

    /** A block of that many bytes. */
    B malloc(int bytes);

    /** Writes the block's first eight bytes. */
    void touch(B block, long value);

    /** Gives a block back. */
    void free(B block);
}
