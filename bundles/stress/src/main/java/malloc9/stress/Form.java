package malloc9.stress;

/**
 * How much is done.
 *
 * @param threads how many work at a time; every fourth is virtual
 * @param rounds of each
 * @param blocks that each allocates in a round
 * @param mapBytes of the kernel map
 */
record Form(int threads, int rounds, int blocks, long mapBytes) {

    /** After so many rounds a thread dies, with blocks alive, and another goes on. */
    static final int ROUNDS_OF_A_LIFE = 5;

    static final Form SMOKE = new Form(8, 20, 50, 64L << 20);
    static final Form FULL = new Form(32, 50, 50, 256L << 20);
}
