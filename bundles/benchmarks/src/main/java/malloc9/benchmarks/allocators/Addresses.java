package malloc9.benchmarks.allocators;

/** An allocator whose blocks are addresses; nothing checks how they are used. */
public non-sealed interface Addresses extends Subject {

    /** A block of that many bytes. */
    long malloc(int bytes);

    /** Gives a block back. */
    void free(long block);
}
