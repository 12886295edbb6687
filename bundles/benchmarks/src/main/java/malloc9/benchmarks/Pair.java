package malloc9.benchmarks;

import malloc9.benchmarks.allocators.Addresses;
import malloc9.benchmarks.allocators.Blocks;

/** The pair: a block lives for one touch. */
final class Pair {

    private static final int BYTES = 64;

    private Pair() {}

    record OfAddresses(Addresses allocator) implements Loop {
        @Override
        public void run(int operations) {
            for (int i = 0; i < operations; i++) {
                long block = allocator.malloc(BYTES);
                Memory.touch(block, i);
                allocator.free(block);
            }
        }
    }

    record OfBlocks<B>(Blocks<B> allocator) implements Loop {
        @Override
        public void run(int operations) {
            for (int i = 0; i < operations; i++) {
                B block = allocator.malloc(BYTES);
                allocator.touch(block, i);
                allocator.free(block);
            }
        }
    }
}
