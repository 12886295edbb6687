package malloc9.benchmarks;

/** A workload on an allocator: a loop that goes on where it stopped. */
interface Loop {

    /** Does that many operations more. */
    void run(int operations);
}
