package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Addresses;
import dev.malloc9.benchmarks.allocators.Blocks;
import dev.malloc9.benchmarks.allocators.Subject;
import dev.malloc9.benchmarks.allocators.Unavailable;
import java.util.concurrent.ThreadFactory;

/**
 * The workload of the cross-thread free: the measuring thread allocates and touches blocks of 64 bytes, and a second thread frees them. For
 * an allocator whose blocks must be freed by their own thread, {@code of} throws {@link Unavailable}.
 */
final class CrossFree {

    private static final int BYTES = 64;

    private CrossFree() {}

    static Loop of(Subject subject, ThreadFactory threads) {
        if (!subject.freesAnywhere()) {
            throw new Unavailable("a block is freed by the thread that allocated it");
        }
        return switch (subject) {
            case Addresses addresses -> new OfAddresses(addresses, threads);
            case Blocks<?> blocks -> new OfBlocks<>(blocks, threads);
        };
    }

    private abstract static class Allocating<A> implements Loop {
        private final Handoff<A> handoff;
        private final Thread freeing;

        Allocating(Handoff<A> handoff, ThreadFactory threads) {
            this.handoff = handoff;
            freeing = threads.newThread(() -> handoff.emptyWith(this::free));
            freeing.setDaemon(true);
        }

        abstract void allocate(A batch);

        abstract void free(A batch);

        void start() {
            freeing.start();
        }

        @Override
        public int grain() {
            return Handoff.BATCH;
        }

        @Override
        public void run(int operations) {
            for (int done = 0; done < operations; done += Handoff.BATCH) {
                allocate(handoff.claim());
                handoff.publish();
            }
        }

        @Override
        public double hopNanos() {
            return handoff.hopNanos();
        }

        @Override
        public void close() {
            handoff.close();
            try {
                freeing.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static final class OfAddresses extends Allocating<long[]> {
        private final Addresses allocator;

        OfAddresses(Addresses allocator, ThreadFactory threads) {
            super(new Handoff<>(() -> new long[Handoff.BATCH]), threads);
            this.allocator = allocator;
            start();
        }

        @Override
        void allocate(long[] batch) {
            for (int i = 0; i < batch.length; i++) {
                long block = allocator.malloc(BYTES);
                Memory.touch(block, i);
                batch[i] = block;
            }
        }

        @Override
        void free(long[] batch) {
            for (long block : batch) {
                allocator.free(block);
            }
        }
    }

    private static final class OfBlocks<B> extends Allocating<Object[]> {
        private final Blocks<B> allocator;

        OfBlocks(Blocks<B> allocator, ThreadFactory threads) {
            super(new Handoff<>(() -> new Object[Handoff.BATCH]), threads);
            this.allocator = allocator;
            start();
        }

        @Override
        void allocate(Object[] batch) {
            for (int i = 0; i < batch.length; i++) {
                B block = allocator.malloc(BYTES);
                allocator.touch(block, i);
                batch[i] = block;
            }
        }

        @Override
        @SuppressWarnings("unchecked") // only blocks of this allocator are in a batch
        void free(Object[] batch) {
            for (Object block : batch) {
                allocator.free((B) block);
            }
        }
    }
}
