package dev.malloc9.stress;

/**
 * The size of a run of the stress.
 *
 * @param threads the number of threads at a time; every fourth one is virtual
 * @param rounds the number of rounds of each thread and its successors together, a multiple of {@code ROUNDS_OF_A_LIFE}
 * @param blocks the number of requests of a thread in a round, besides the ones that go with the transient module
 * @param mapBytes the size of the kernel map in bytes
 */
record Form(int threads, int rounds, int blocks, long mapBytes) {

    /** The number of rounds after which a thread ends, with blocks that are still allocated. Another thread takes its place. */
    static final int ROUNDS_OF_A_LIFE = 5;

    static final Form SMOKE = new Form(8, 20, 50, 64L << 20);
    static final Form FULL = new Form(32, 50, 50, 256L << 20);
}
