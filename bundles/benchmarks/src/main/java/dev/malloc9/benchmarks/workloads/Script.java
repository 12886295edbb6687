package dev.malloc9.benchmarks.workloads;

import java.util.function.ToIntFunction;

/** The script of a working set, drawn in advance: the members to replace and the sizes of their new blocks in bytes. */
final class Script {

    private static final long SEED = 9;

    final int members;

    /** The member to replace in each step. The number of steps is a power of two, greater than ten times the number of members. */
    final int[] member;

    final int[] bytes;

    private Script(int members, ToIntFunction<RandomSizes> size) {
        this.members = members;
        int steps = Integer.highestOneBit(10 * members) << 1;
        member = new int[steps];
        bytes = new int[steps];
        RandomSizes draws = new RandomSizes(SEED);
        for (int i = 0; i < steps; i++) {
            member[i] = draws.below(members);
            bytes[i] = size.applyAsInt(draws);
        }
    }

    /** Creates a script for blocks of 16 B to 64 KB, 8 KB on average. */
    static Script of(int members) {
        return new Script(members, RandomSizes::bytes);
    }

    /** Creates a script for blocks of 16 B to 64 KB, 2 KB on average. */
    static Script ofSmall(int members) {
        return new Script(members, RandomSizes::smallBytes);
    }

    int stepAfter(int step) {
        return stepAfter(step, member);
    }

    /** Returns the step after a step. Serves a caller that has the array of members in a local variable. */
    static int stepAfter(int step, int[] member) {
        return (step + 1) & (member.length - 1);
    }

    /** Returns a number that depends on every step. This script and that of {@code reference.c} are compared by it. */
    long checksum() {
        long sum = members;
        for (int i = 0; i < member.length; i++) {
            sum = 31 * sum + member[i];
            sum = 31 * sum + bytes[i];
        }
        return sum;
    }
}
