package malloc9.stress;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Bytes in somebody's hands, full of a pattern that an identity makes.
 *
 * @param bytes what was asked for
 * @param identity says what each byte is
 */
record Pattern(MemorySegment bytes, long identity) {

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    /** Writes the pattern. */
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

    /** Whether the first bytes still are as written; all but those of a last part of a word. */
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

    /** Whether all is as written. */
    boolean holds() {
        return holds(bytes.byteSize());
    }

    /** Whether all bytes are 0. */
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
