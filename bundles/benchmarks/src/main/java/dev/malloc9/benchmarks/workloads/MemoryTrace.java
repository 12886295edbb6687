package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Addresses;
import dev.malloc9.benchmarks.allocators.Blocks;
import dev.malloc9.benchmarks.allocators.Subject;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The memory trace: allocates blocks of 16 B to 64 KB and replaces random ones, ten times their number. Then it frees nine of ten at
 * random, and at last the rest. Every byte is written. The memory of the process is measured after each step. The two steps that only free
 * are followed by a trim first.
 */
final class MemoryTrace {

    private static final int MEAN_BYTES = 8 << 10;
    private static final int CHURN = 10;
    private static final int KEPT = 10;
    private static final long SEED = 11;

    private final Store store;
    private final Script script;
    private final int[] bytes;
    private long liveBytes;

    private MemoryTrace(Store store, Script script) {
        this.store = store;
        this.script = script;
        bytes = new int[script.members];
    }

    static Map<Figure, Sample> measure(Subject subject, Sampling sampling) {
        Script script = Script.of((sampling.memoryMegabytes() << 20) / MEAN_BYTES);
        int[] order = new RandomSizes(SEED).order(script.members);
        // A small trace compiles the code and loads the classes, so that the large trace adds blocks only.
        new MemoryTrace(store(subject, script.members), Script.of(100)).run(subject, new RandomSizes(SEED).order(100));
        MemoryTrace trace = new MemoryTrace(store(subject, script.members), script);
        return trace.run(subject, order);
    }

    private static Store store(Subject subject, int members) {
        return switch (subject) {
            case Addresses addresses -> new OfAddresses(addresses, members);
            case Blocks<?> blocks -> new OfBlocks<>(blocks, members);
        };
    }

    private Map<Figure, Sample> run(Subject subject, int[] order) {
        Map<Figure, Sample> found = new EnumMap<>(Figure.class);
        long base = Footprint.bytes();
        for (int member = 0; member < script.members; member++) {
            allocate(member, script.bytes[member]);
        }
        long filled = Footprint.bytes() - base;
        found.put(Figure.RSS_FILL, sample(filled, liveBytes));
        int step = 0;
        for (int i = 0; i < CHURN * script.members; i++) {
            free(script.member[step]);
            allocate(script.member[step], script.bytes[step]);
            step = script.stepAfter(step);
        }
        long churned = Footprint.bytes() - base;
        found.put(Figure.RSS_CHURN, sample(churned, liveBytes));
        long peak = Math.max(filled, churned);
        int kept = script.members / KEPT;
        for (int i = kept; i < order.length; i++) {
            free(order[i]);
        }
        subject.trim();
        long sparse = Footprint.bytes() - base;
        found.put(Figure.RSS_SPARSE, sample(sparse, liveBytes));
        found.put(Figure.RSS_SPARSE_PEAK, sample(100 * sparse, peak));
        for (int i = 0; i < kept; i++) {
            free(order[i]);
        }
        subject.trim();
        found.put(Figure.RSS_FREE, sample(100 * (Footprint.bytes() - base), peak));
        return found;
    }

    private void allocate(int member, int size) {
        store.allocate(member, size);
        bytes[member] = size;
        liveBytes += size;
    }

    private void free(int member) {
        store.free(member);
        liveBytes -= bytes[member];
    }

    private static Sample sample(long part, long whole) {
        return new Sample((double) part / Math.max(1, whole), 0);
    }

    /** The blocks of the trace. */
    private sealed interface Store {

        void allocate(int member, int bytes);

        void free(int member);
    }

    private static final class OfAddresses implements Store {
        private final Addresses allocator;
        private final long[] blocks;

        OfAddresses(Addresses allocator, int members) {
            this.allocator = allocator;
            blocks = new long[members];
        }

        @Override
        public void allocate(int member, int bytes) {
            blocks[member] = allocator.malloc(bytes);
            Memory.fill(blocks[member], bytes);
        }

        @Override
        public void free(int member) {
            allocator.free(blocks[member]);
        }
    }

    private static final class OfBlocks<B> implements Store {
        private final Blocks<B> allocator;
        private final @Nullable Object[] blocks;

        OfBlocks(Blocks<B> allocator, int members) {
            this.allocator = allocator;
            blocks = new @Nullable Object[members];
        }

        @Override
        public void allocate(int member, int bytes) {
            B block = allocator.malloc(bytes);
            allocator.fill(block, bytes);
            blocks[member] = block;
        }

        @Override
        @SuppressWarnings("unchecked") // only blocks of this allocator are in the array
        public void free(int member) {
            allocator.free((B) Objects.requireNonNull(blocks[member]));
            blocks[member] = null;
        }
    }
}
