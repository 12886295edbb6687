package dev.malloc9.benchmarks.workloads;

import dev.malloc9.benchmarks.allocators.Blocks;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An allocator that records each mistake of a workload: a block that is freed twice, freed without having been written, or filled with a
 * wrong size.
 */
final class LedgerOfBlocks implements Blocks<LedgerOfBlocks.Block> {

    /** A block with its size and state. */
    static final class Block {
        private final int bytes;
        private final AtomicBoolean live = new AtomicBoolean(true);
        private volatile boolean written;

        private Block(int bytes) {
            this.bytes = bytes;
        }
    }

    private final AtomicLong allocated = new AtomicLong();
    private final AtomicLong freed = new AtomicLong();
    private final ConcurrentLinkedQueue<String> mistakes = new ConcurrentLinkedQueue<>();

    long allocated() {
        return allocated.get();
    }

    long live() {
        return allocated.get() - freed.get();
    }

    List<String> mistakes() {
        return List.copyOf(mistakes);
    }

    @Override
    public Block malloc(int bytes) {
        allocated.incrementAndGet();
        return new Block(bytes);
    }

    @Override
    public Block zeroed(int bytes) {
        return malloc(bytes);
    }

    @Override
    public void touch(Block block, long value) {
        block.written = true;
    }

    @Override
    public void fill(Block block, int bytes) {
        if (block.bytes != bytes) {
            mistakes.add("filled " + bytes + " bytes of " + block.bytes);
        }
        block.written = true;
    }

    @Override
    public void free(Block block) {
        freed.incrementAndGet();
        if (!block.written) {
            mistakes.add("not written: " + block.bytes);
        }
        if (!block.live.getAndSet(false)) {
            mistakes.add("freed twice: " + block.bytes);
        }
    }
}
