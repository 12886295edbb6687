package malloc9.malloc.block;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import malloc9.vm.Libc;
import malloc9.vm.StackRoom;

/**
 * How blocks are zeroed: by words, by a call, or by what the JVM has, whichever is the fastest for that many bytes.
 *
 * <p>Each call makes C2 forget what it knows of memory and keep all that is needed behind it on the stack: there should be little.
 */
public final class Zeroing {

    /** Up to here, words beat a call. */
    private static final int BY_WORDS = 128;

    /** Up to here, memset without a transition beats what the JVM has. */
    private static final int BY_CALL = Libc.hasZero() ? 16 << 10 : 0;

    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Zeroing() {}

    /**
     * Requires the stack that zeroing needs, before the block is taken.
     *
     * <p>The cases are those of {@link #zero}. C2 leaves its code where it finds a case that it has not seen before: here, and not
     * between the changes.
     *
     * @param asked the bytes as asked for
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
     * Zeroes a block.
     *
     * @param asked bytes as asked for, which choose the way: often a constant, so that C2 compiles one of them only
     * @param bytes that there are, whole words; no fewer
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
