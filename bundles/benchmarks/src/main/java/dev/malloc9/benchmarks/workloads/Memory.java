package dev.malloc9.benchmarks.workloads;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** Writes to blocks that are addresses, through a segment that covers the whole address space. */
final class Memory {

    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Memory() {}

    /** Writes the first eight bytes of a block. */
    static void touch(long block, long value) {
        ALL.set(JAVA_LONG, block, value);
    }

    /** Writes all bytes of a block. */
    static void fill(long block, int bytes) {
        ALL.asSlice(block, bytes).fill((byte) 1);
    }
}
