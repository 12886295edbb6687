package dev.malloc9.malloc.block;

import dev.malloc9.vm.Libc;
import dev.malloc9.vm.StackRoom;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Zeroes blocks with the fastest method for the requested size: stores of words, a call of memset, or {@link MemorySegment#fill}.
 *
 * <p>At each call, C2 drops its knowledge of memory and spills all live values to the stack. The caller should therefore have few values
 * that are live after the call.
 */
public final class Zeroing {

    /** The largest request in bytes for which stores of words are faster than a call. */
    private static final int BY_WORDS = 128;

    /** The largest request in bytes for which memset without a thread-state transition is faster than fill; 0 if there is no memset. */
    private static final int BY_CALL = Libc.hasZero() ? 16 << 10 : 0;

    /** A segment over the whole address space. */
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Zeroing() {}

    /**
     * Checks that the stack has room for zeroing, before an item is taken.
     *
     * <p>The branches are the same as in {@link #zero}, and two of them are alike on purpose. If C2 has not seen a branch before, its code
     * deoptimizes there: in this method, and not between the changes of the request.
     *
     * @param asked the requested size in bytes
     * @throws StackOverflowError if the stack has too little room
     */
    public static void requireRoom(long asked) {
        if (asked <= BY_WORDS) {
            StackRoom.forSection();
        } else if (asked <= BY_CALL) {
            StackRoom.forSection();
        } else {
            StackRoom.forLock();
        }
    }

    /**
     * Zeroes a block to the end of its item.
     *
     * @param address the first byte of the item
     * @param asked the requested size in bytes, which selects the method; often a constant, so that C2 compiles only one branch
     * @param bytes the size of the item in bytes, a multiple of 8 and at least {@code asked}
     */
    public static void zero(long address, long asked, long bytes) {
        if (asked <= BY_WORDS) {
            for (long at = 0; at < bytes; at += Long.BYTES) {
                MEMORY.set(ValueLayout.JAVA_LONG_UNALIGNED, address + at, 0L);
            }
        } else if (asked <= BY_CALL) {
            Libc.zero(address, bytes);
        } else {
            MEMORY.asSlice(address, bytes).fill((byte) 0);
        }
    }
}
