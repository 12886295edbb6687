package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Addresses;
import dev.malloc9.benchmarks.allocators.Subject;

/** A loop that counts a malloc and a free of 64 bytes on the counters of a type. There is no block to touch. */
record Counting(Addresses counters) implements Loop {

    private static final int BYTES = 64;

    /**
     * Creates the loop.
     *
     * @throws IllegalArgumentException if the subject is not {@link Addresses}
     */
    static Counting of(Subject subject) {
        return switch (subject) {
            case Addresses counters -> new Counting(counters);
            default -> throw new IllegalArgumentException("counters are no blocks: " + subject);
        };
    }

    @Override
    public void run(int operations) {
        for (int i = 0; i < operations; i++) {
            counters.free(counters.malloc(BYTES));
        }
    }
}
