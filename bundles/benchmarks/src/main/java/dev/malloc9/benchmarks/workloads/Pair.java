package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Addresses;
import dev.malloc9.benchmarks.allocators.Blocks;
import dev.malloc9.benchmarks.allocators.Subject;
import java.util.ArrayList;
import java.util.List;

/** The pair workload: allocates a block, touches it once and frees it. */
final class Pair {

    /**
     * The number of blocks from which a move chooses the next one. Blocks of 64 bytes side by side then lie at all places of a page. The
     * chosen block is freed last, so that an allocator that reuses the latest free block returns it next.
     */
    private static final int PLACES = 64;

    private static final long SEED = 12;

    private Pair() {}

    static Loop of64(Subject subject) {
        return switch (subject) {
            case Addresses addresses -> new Addresses64(addresses);
            case Blocks<?> blocks -> new Blocks64<>(blocks);
        };
    }

    static Loop of16k(Subject subject) {
        return switch (subject) {
            case Addresses addresses -> new Addresses16k(addresses);
            case Blocks<?> blocks -> new Blocks16k<>(blocks);
        };
    }

    static Loop ofZeroed1k(Subject subject) {
        return switch (subject) {
            case Addresses addresses -> new ZeroedAddresses1k(addresses);
            case Blocks<?> blocks -> new ZeroedBlocks1k<>(blocks);
        };
    }

    static Loop ofZone64(Subject subject) {
        return switch (subject) {
            case Addresses addresses -> new Addresses64(addresses.zone(64));
            case Blocks<?> blocks -> new Blocks64<>(blocks.zone(64));
        };
    }

    static Loop ofPacket2k(Subject subject) {
        return switch (subject) {
            case Addresses addresses -> new Addresses2k(addresses.packets());
            case Blocks<?> blocks -> new Blocks2k<>(blocks.packets());
        };
    }

    private abstract static class OfAddresses implements Loop {
        private final Addresses allocator;
        private final RandomSizes draws = new RandomSizes(SEED);
        private final long[] blocks = new long[PLACES];

        OfAddresses(Addresses allocator) {
            this.allocator = allocator;
        }

        abstract long malloc(Addresses from);

        @Override
        public void run(int operations) {
            // The field is copied to a local variable, which a C compiler keeps in a register. A load of the field at
            // each step would be no cost of the allocator.
            Addresses from = allocator;
            for (int i = 0; i < operations; i++) {
                long block = malloc(from);
                Memory.touch(block, i);
                from.free(block);
            }
        }

        @Override
        public void move() {
            int last = draws.below(PLACES);
            for (int i = 0; i < PLACES; i++) {
                blocks[i] = malloc(allocator);
                Memory.touch(blocks[i], i);
            }
            for (int i = 0; i < PLACES; i++) {
                if (i != last) {
                    allocator.free(blocks[i]);
                }
            }
            allocator.free(blocks[last]);
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

    private static final class Addresses16k extends OfAddresses {
        Addresses16k(Addresses allocator) {
            super(allocator);
        }

        @Override
        long malloc(Addresses from) {
            return from.malloc(16 << 10);
        }
    }

    private static final class Addresses2k extends OfAddresses {
        Addresses2k(Addresses allocator) {
            super(allocator);
        }

        @Override
        long malloc(Addresses from) {
            return from.malloc(2 << 10);
        }
    }

    private static final class ZeroedAddresses1k extends OfAddresses {
        ZeroedAddresses1k(Addresses allocator) {
            super(allocator);
        }

        @Override
        long malloc(Addresses from) {
            return from.zeroed(1 << 10);
        }
    }

    private abstract static class OfBlocks<B> implements Loop {
        private final Blocks<B> allocator;
        private final RandomSizes draws = new RandomSizes(SEED);

        OfBlocks(Blocks<B> allocator) {
            this.allocator = allocator;
        }

        abstract B malloc(Blocks<B> from);

        @Override
        public void run(int operations) {
            Blocks<B> from = allocator;
            for (int i = 0; i < operations; i++) {
                B block = malloc(from);
                from.touch(block, i);
                from.free(block);
            }
        }

        @Override
        public void move() {
            int last = draws.below(PLACES);
            List<B> blocks = new ArrayList<>(PLACES);
            for (int i = 0; i < PLACES; i++) {
                B block = malloc(allocator);
                allocator.touch(block, i);
                blocks.add(block);
            }
            B freedLast = blocks.remove(last);
            blocks.forEach(allocator::free);
            allocator.free(freedLast);
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

    private static final class Blocks16k<B> extends OfBlocks<B> {
        Blocks16k(Blocks<B> allocator) {
            super(allocator);
        }

        @Override
        B malloc(Blocks<B> from) {
            return from.malloc(16 << 10);
        }
    }

    private static final class Blocks2k<B> extends OfBlocks<B> {
        Blocks2k(Blocks<B> allocator) {
            super(allocator);
        }

        @Override
        B malloc(Blocks<B> from) {
            return from.malloc(2 << 10);
        }
    }

    private static final class ZeroedBlocks1k<B> extends OfBlocks<B> {
        ZeroedBlocks1k(Blocks<B> allocator) {
            super(allocator);
        }

        @Override
        B malloc(Blocks<B> from) {
            return from.zeroed(1 << 10);
        }
    }
}
