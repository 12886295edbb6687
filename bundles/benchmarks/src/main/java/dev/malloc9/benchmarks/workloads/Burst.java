package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Addresses;
import dev.malloc9.benchmarks.allocators.Blocks;
import dev.malloc9.benchmarks.allocators.Subject;

/**
 * The burst workload: allocates and touches 10,000 blocks of one size, then frees them in random order. One operation is the life of one
 * block.
 */
final class Burst {

    private static final int BLOCKS = 10_000;
    private static final long SEED = 10;

    private Burst() {}

    static Loop of64(Subject subject) {
        return switch (subject) {
            case Addresses addresses -> new Addresses64(addresses);
            case Blocks<?> blocks -> new Blocks64<>(blocks);
        };
    }

    static Loop of1k(Subject subject) {
        return switch (subject) {
            case Addresses addresses -> new Addresses1k(addresses);
            case Blocks<?> blocks -> new Blocks1k<>(blocks);
        };
    }

    private abstract static class OfAddresses implements Loop {
        private final Addresses allocator;
        private final int[] order = new RandomSizes(SEED).order(BLOCKS);
        private final long[] blocks = new long[BLOCKS];

        OfAddresses(Addresses allocator) {
            this.allocator = allocator;
        }

        abstract long malloc(Addresses from);

        @Override
        public int grain() {
            return BLOCKS;
        }

        @Override
        public void run(int operations) {
            for (int done = 0; done < operations; done += BLOCKS) {
                allocate();
                free();
            }
        }

        private void allocate() {
            // Fields are copied to local variables, which a C compiler keeps in registers. A load of a field at each
            // step would be no cost of the allocator.
            Addresses from = allocator;
            long[] into = blocks;
            for (int i = 0; i < BLOCKS; i++) {
                long block = malloc(from);
                Memory.touch(block, i);
                into[i] = block;
            }
        }

        private void free() {
            Addresses to = allocator;
            long[] all = blocks;
            int[] next = order;
            for (int i = 0; i < BLOCKS; i++) {
                to.free(all[next[i]]);
            }
        }
    }

    private static final class Addresses64 extends OfAddresses {
        Addresses64(Addresses allocator) {
            super(allocator);
        }

        @Override
        long malloc(Addresses from) {
            return from.malloc(64);
        }
    }

    private static final class Addresses1k extends OfAddresses {
        Addresses1k(Addresses allocator) {
            super(allocator);
        }

        @Override
        long malloc(Addresses from) {
            return from.malloc(1 << 10);
        }
    }

    private abstract static class OfBlocks<B> implements Loop {
        private final Blocks<B> allocator;
        private final int[] order = new RandomSizes(SEED).order(BLOCKS);
        private final Object[] blocks = new Object[BLOCKS];

        OfBlocks(Blocks<B> allocator) {
            this.allocator = allocator;
        }

        abstract B malloc(Blocks<B> from);

        @Override
        public int grain() {
            return BLOCKS;
        }

        @Override
        public void run(int operations) {
            for (int done = 0; done < operations; done += BLOCKS) {
                allocate();
                free();
            }
        }

        private void allocate() {
            Blocks<B> from = allocator;
            Object[] into = blocks;
            for (int i = 0; i < BLOCKS; i++) {
                B block = malloc(from);
                from.touch(block, i);
                into[i] = block;
            }
        }

        @SuppressWarnings("unchecked") // only blocks of this allocator are in the array
        private void free() {
            Blocks<B> to = allocator;
            Object[] all = blocks;
            int[] next = order;
            for (int i = 0; i < BLOCKS; i++) {
                to.free((B) all[next[i]]);
            }
        }
    }

    private static final class Blocks64<B> extends OfBlocks<B> {
        Blocks64(Blocks<B> allocator) {
            super(allocator);
        }

        @Override
        B malloc(Blocks<B> from) {
            return from.malloc(64);
        }
    }

    private static final class Blocks1k<B> extends OfBlocks<B> {
        Blocks1k(Blocks<B> allocator) {
            super(allocator);
        }

        @Override
        B malloc(Blocks<B> from) {
            return from.malloc(1 << 10);
        }
    }
}
