package malloc9.benchmarks;

import java.util.SplittableRandom;
import malloc9.benchmarks.allocators.Addresses;
import malloc9.benchmarks.allocators.Blocks;

/**
 * The working set: as many live blocks as members, of which random ones are replaced.
 *
 * <p>Sizes are spread log-uniformly: a block between 16 and 32 bytes is as likely as one between 32 KB and 64 KB. What to
 * replace by what is drawn beforehand, from the same seed for every allocator.
 */
final class WorkingSet {

    private static final int MEMBERS = 10_000;
    private static final int MIN_BYTES = 16;
    private static final int MAX_BYTES = 64 << 10;

    /** Operations drawn; a power of two. */
    private static final int DRAWN = 1 << 17;

    private WorkingSet() {}

    /** What to do: the member to replace and the bytes of its new block. */
    private static final class Script {
        final int[] members = new int[DRAWN];
        final int[] bytes = new int[DRAWN];

        Script() {
            SplittableRandom random = new SplittableRandom(9);
            double octaves = Math.log((double) MAX_BYTES / MIN_BYTES);
            for (int i = 0; i < DRAWN; i++) {
                members[i] = random.nextInt(MEMBERS);
                bytes[i] = (int) (MIN_BYTES * Math.exp(random.nextDouble() * octaves));
            }
        }
    }

    static final class OfAddresses implements Loop {
        private final Addresses allocator;
        private final Script script = new Script();
        private final long[] members = new long[MEMBERS];
        private int next;

        OfAddresses(Addresses allocator) {
            this.allocator = allocator;
            for (int i = 0; i < MEMBERS; i++) {
                members[i] = allocator.malloc(script.bytes[i]);
            }
        }

        @Override
        public void run(int operations) {
            int at = next;
            for (int i = 0; i < operations; i++) {
                int member = script.members[at];
                int bytes = script.bytes[at];
                at = (at + 1) & (DRAWN - 1);
                allocator.free(members[member]);
                long block = allocator.malloc(bytes);
                Memory.touch(block, i);
                members[member] = block;
            }
            next = at;
        }
    }

    static final class OfBlocks<B> implements Loop {
        private final Blocks<B> allocator;
        private final Script script = new Script();
        private final Object[] members = new Object[MEMBERS];
        private int next;

        OfBlocks(Blocks<B> allocator) {
            this.allocator = allocator;
            for (int i = 0; i < MEMBERS; i++) {
                members[i] = allocator.malloc(script.bytes[i]);
            }
        }

        @Override
        @SuppressWarnings("unchecked") // only blocks of this allocator are members
        public void run(int operations) {
            int at = next;
            for (int i = 0; i < operations; i++) {
                int member = script.members[at];
                int bytes = script.bytes[at];
                at = (at + 1) & (DRAWN - 1);
                allocator.free((B) members[member]);
                B block = allocator.malloc(bytes);
                allocator.touch(block, i);
                members[member] = block;
            }
            next = at;
        }
    }
}
