package malloc9.benchmarks;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** All of the address space as one segment, the way to touch a block that is an address. */
final class Memory {

    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Memory() {}

    /** Writes the first eight bytes of a block. */
    static void touch(long block, long value) {
        ALL.set(JAVA_LONG, block, value);
    }
}
