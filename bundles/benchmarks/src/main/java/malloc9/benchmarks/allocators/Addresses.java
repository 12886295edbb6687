package malloc9.benchmarks.allocators;

/** An allocator whose blocks are addresses; nothing checks how they are used. */
public non-sealed interface Addresses extends Subject {

    /** A block of that many bytes. */
    long malloc(int bytes);

    /** A block of that many bytes, all zero. */
    long zeroed(int bytes);

    /** Gives a block back. */
    void free(long block);

    /**
     * The allocator's own way for blocks of one size; itself if it has none.
     *
     * @throws Unavailable if it has one that cannot be had
     */
    default Addresses zone(int bytes) {
        return this;
    }

    /**
     * The allocator's own network buffers of 2 KB; itself if it has none.
     *
     * @throws Unavailable if it has some without addresses
     */
    default Addresses packets() {
        return this;
    }
}
