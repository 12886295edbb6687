package dev.malloc9.benchmarks.workloads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.malloc9.benchmarks.allocators.Blocks;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PairTest {

    private final LastFirst allocator = new LastFirst();
    private final Loop pair = Pair.of64(allocator);

    @Test
    void aPairUsesOneBlockUntilItMoves() {
        pair.run(100);

        assertThat(allocator.touched).hasSize(1);
    }

    @Test
    void aPairThatMovesUsesMostBlocksInTheEnd() {
        Set<Object> used = new HashSet<>();

        for (int move = 0; move < 400; move++) {
            pair.move();
            allocator.touched.clear();
            pair.run(1);
            used.addAll(allocator.touched);
        }

        assertThat(used).hasSizeGreaterThan(48);
        assertThat(allocator.live).isZero();
    }

    /** An allocator that returns the object that was freed last, or a new object if none is free. */
    private static final class LastFirst implements Blocks<Object> {
        private final Deque<Object> free = new ArrayDeque<>();
        private final Set<Object> touched = new HashSet<>();
        private int live;

        @Override
        public Object malloc(int bytes) {
            live++;
            return free.isEmpty() ? new Object() : free.pop();
        }

        @Override
        public Object zeroed(int bytes) {
            return malloc(bytes);
        }

        @Override
        public void touch(Object block, long value) {
            touched.add(block);
        }

        @Override
        public void fill(Object block, int bytes) {
            touched.add(block);
        }

        @Override
        public void free(Object block) {
            live--;
            free.push(block);
        }
    }
}
