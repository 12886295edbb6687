package malloc9.benchmarks.workloads;

import java.util.function.ToIntFunction;

/** What a working set is to do, drawn beforehand: members to replace and the bytes of their new blocks. */
final class Script {

    private static final long SEED = 9;

    final int members;

    /** The member of step i; the number of steps is a power of two. */
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

    /** Blocks of 16 B to 64 KB, 8 KB on average. */
    static Script of(int members) {
        return new Script(members, RandomSizes::bytes);
    }

    /** Blocks of 16 B to 64 KB, 2 KB on average. */
    static Script ofSmall(int members) {
        return new Script(members, RandomSizes::smallBytes);
    }

    int stepAfter(int step) {
        return stepAfter(step, member);
    }

    /** The same for who has that array at hand. */
    static int stepAfter(int step, int[] member) {
        return (step + 1) & (member.length - 1);
    }

    /** A number that changes with every step, by which this script and that of {@code reference.c} are compared. */
    long checksum() {
        long sum = members;
        for (int i = 0; i < member.length; i++) {
            sum = 31 * sum + member[i];
            sum = 31 * sum + bytes[i];
        }
        return sum;
    }
}
