package malloc9.benchmarks.allocators;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The JDK's own way to free single blocks: a confined arena for each. It zeroes what it allocates. */
final class Confined implements Blocks<Confined.Block> {

    record Block(Arena arena, MemorySegment segment) {}

    @Override
    @SuppressWarnings("MustBeClosedChecker") // free closes it
    public Block malloc(int bytes) {
        Arena arena = Arena.ofConfined();
        return new Block(arena, arena.allocate(bytes, Long.BYTES));
    }

    @Override
    public void touch(Block block, long value) {
        block.segment.set(JAVA_LONG, 0, value);
    }

    @Override
    public void free(Block block) {
        block.arena.close();
    }
}
