package dev.malloc9.stress;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The bytes of a block that a thread holds, filled with a pattern that is computed from an identity.
 *
 * @param bytes the bytes of the requested size
 * @param identity the number from which each byte is computed
 */
record Pattern(MemorySegment bytes, long identity) {

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    /** Writes the pattern to all bytes, and returns this object. */
    Pattern fill() {
        long size = bytes.byteSize();
        long at = 0;
        for (; at + Long.BYTES <= size; at += Long.BYTES) {
            bytes.set(WORD, at, word(at));
        }
        for (; at < size; at++) {
            bytes.set(ValueLayout.JAVA_BYTE, at, (byte) word(at));
        }
        return this;
    }

    /**
     * Returns whether the first bytes hold the pattern. A last part of a word is compared only if it ends the block.
     *
     * @param size the number of bytes, at most the size of the block
     */
    boolean holds(long size) {
        long at = 0;
        for (; at + Long.BYTES <= size; at += Long.BYTES) {
            if (bytes.get(WORD, at) != word(at)) {
                return false;
            }
        }
        for (; size == bytes.byteSize() && at < size; at++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) != (byte) word(at)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether all bytes hold the pattern. */
    boolean holds() {
        return holds(bytes.byteSize());
    }

    /** Returns whether all bytes are 0. */
    boolean isZero() {
        for (long at = 0; at < bytes.byteSize(); at++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) != 0) {
                return false;
            }
        }
        return true;
    }

    private long word(long at) {
        long mixed = (identity ^ at) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 32);
    }

    @Override
    public String toString() {
        return bytes.byteSize() + " bytes at 0x" + Long.toHexString(bytes.address());
    }
}
