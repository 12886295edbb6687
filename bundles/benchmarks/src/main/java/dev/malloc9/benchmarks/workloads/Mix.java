package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Subject;

/**
 * The mix that each thread of a team runs on its own: half of the operations are pairs of 64 bytes, half replace blocks in a working set of
 * 1,000.
 */
record Mix(Loop pair, Loop set) implements Loop {

    static Mix of(Subject subject) {
        return new Mix(Pair.of64(subject), WorkingSet.of(subject, Script.of(1_000)));
    }

    @Override
    public int grain() {
        return 2;
    }

    @Override
    public void run(int operations) {
        pair.run(operations / 2);
        set.run(operations / 2);
    }

    @Override
    public void close() {
        pair.close();
        set.close();
    }
}
