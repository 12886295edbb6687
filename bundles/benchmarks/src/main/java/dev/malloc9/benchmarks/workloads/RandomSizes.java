package dev.malloc9.benchmarks.workloads;

import java.util.SplittableRandom;

/** The random numbers of the workloads, which are the same for every allocator. {@code reference.c} draws the same numbers. */
final class RandomSizes {

    private static final int LEAST_BYTES = 16;

    /** The number of octaves of sizes: 16 B doubled twelve times is 64 KB. */
    private static final int OCTAVES = 12;

    private final SplittableRandom random;

    RandomSizes(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Returns a number from 0 to below the bound. */
    int below(int bound) {
        return (int) (((random.nextLong() >>> 32) * bound) >>> 32);
    }

    /** Returns a size of 16 B to below 64 KB, 8 KB on average. Each octave is equally likely: 16 to 32 bytes as much as 32 KB to 64 KB. */
    int bytes() {
        return within(below(OCTAVES));
    }

    /** Returns a size of 16 B to below 64 KB, 2 KB on average: draws two octaves and takes the smaller one. */
    int smallBytes() {
        int one = below(OCTAVES);
        int other = below(OCTAVES);
        return within(Math.min(one, other));
    }

    /** Returns the numbers from 0 to below the count, in random order. */
    int[] order(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            int other = below(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private int within(int octave) {
        int least = LEAST_BYTES << octave;
        return least + below(least);
    }
}
