package dev.malloc9.benchmarks.allocators;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The JDK's way to free single blocks: a confined arena for each block. Every block is zeroed. Only the thread that allocated a block can
 * free it.
 */
final class Confined implements Blocks<Confined.Block> {

    record Block(Arena arena, MemorySegment segment) {}

    @Override
    @SuppressWarnings("MustBeClosedChecker") // free closes the arena
    public Block malloc(int bytes) {
        Arena arena = Arena.ofConfined();
        return new Block(arena, arena.allocate(bytes, Long.BYTES));
    }

    @Override
    public Block zeroed(int bytes) {
        return malloc(bytes);
    }

    @Override
    public void touch(Block block, long value) {
        block.segment.set(JAVA_LONG, 0, value);
    }

    @Override
    public void fill(Block block, int bytes) {
        block.segment.fill((byte) 1);
    }

    @Override
    public void free(Block block) {
        block.arena.close();
    }

    @Override
    public boolean freesAnywhere() {
        return false;
    }
}
