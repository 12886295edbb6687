package malloc9.benchmarks;

import malloc9.benchmarks.allocators.Addresses;
import malloc9.benchmarks.allocators.Blocks;
import malloc9.benchmarks.allocators.Subject;

/**
 * What the allocators are asked to do.
 *
 * <p>Each is written twice: an address in a {@code long[]} and a block in an {@code Object[]} are what a user would
 * write, and C2 sees either without boxes.
 */
public enum Workload {
    /** Allocates 64 bytes, touches them, frees them. */
    PAIR64("pair64", "malloc + touch + free of 64 B") {
        @Override
        Loop on(Addresses allocator) {
            return new Pair.OfAddresses(allocator);
        }

        @Override
        Loop on(Blocks<?> allocator) {
            return new Pair.OfBlocks<>(allocator);
        }
    },

    /** Replaces random members of a working set: frees the old block, allocates and touches a new one. */
    SET10K("set10k", "replacing one of 10,000 blocks of 16 B to 64 KB") {
        @Override
        Loop on(Addresses allocator) {
            return new WorkingSet.OfAddresses(allocator);
        }

        @Override
        Loop on(Blocks<?> allocator) {
            return new WorkingSet.OfBlocks<>(allocator);
        }
    };

    private final String title;
    private final String description;

    Workload(String title, String description) {
        this.title = title;
        this.description = description;
    }

    /** What tables call it. */
    String title() {
        return title;
    }

    /** One operation, in words. */
    String description() {
        return description;
    }

    /** The workload on an allocator. */
    Loop on(Subject allocator) {
        return switch (allocator) {
            case Addresses addresses -> on(addresses);
            case Blocks<?> blocks -> on(blocks);
        };
    }

    abstract Loop on(Addresses allocator);

    abstract Loop on(Blocks<?> allocator);
}
