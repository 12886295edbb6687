package dev.malloc9.malloc.block;

/**
 * The flag that the kernel adds to a request after {@link RequestCheck} has refused all unknown flags. It is a bit of the same
 * {@code long}. No caller can set it, because it is unknown to {@link RequestCheck}.
 */
public final class InternalFlags {

    /** The block is handed out by address: its tag has the bit {@code RAW}, and the address of a guarded block is not marked. */
    private static final long RAW = 1L << 62;

    private InternalFlags() {}

    /** Returns checked flags with the bit RAW if {@code raw} is set. */
    public static long of(long flags, boolean raw) {
        return raw ? flags | RAW : flags;
    }

    /** Returns whether the block is handed out by address. */
    public static boolean isRaw(long flags) {
        return (flags & RAW) != 0;
    }
}
