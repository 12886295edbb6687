package dev.malloc9.malloc.statsfile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The access to the mapped words of a statistics file. Every store into a file that is in use is made here. The access is a class of its
 * own so that a test can inspect the file after each store.
 *
 * <p>Stores of words become visible in program order: {@code put} and {@code putInt} are release stores, {@code add} and {@code or} are
 * atomic. {@code zero} and the copy of bytes are plain stores; a later store of a word publishes them. Offsets are in bytes from the
 * beginning of the file. A word must be aligned to its size.
 */
class MappedWords {

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    /** The mapping of the whole file. */
    private final MemorySegment file;

    MappedWords(MemorySegment file) {
        this.file = file;
    }

    /** Stores a long, after all earlier stores. */
    void put(long offset, long value) {
        LONG.setRelease(file, offset, value);
    }

    /** Stores an int, after all earlier stores. */
    void putInt(long offset, int value) {
        INT.setRelease(file, offset, value);
    }

    /** Returns an int, by a plain load. */
    int getInt(long offset) {
        return (int) INT.get(file, offset);
    }

    /** Adds to a long atomically. */
    void add(long offset, long delta) {
        LONG.getAndAdd(file, offset, delta);
    }

    /** Sets bits of a long atomically. */
    void or(long offset, long bits) {
        LONG.getAndBitwiseOr(file, offset, bits);
    }

    /** Fills a range with zeros, by plain stores. */
    void zero(long offset, long bytes) {
        file.asSlice(offset, bytes).fill((byte) 0);
    }

    /** Copies bytes into the file, by plain stores. */
    void put(long offset, byte[] bytes) {
        MemorySegment.copy(bytes, 0, file, ValueLayout.JAVA_BYTE, offset, bytes.length);
    }
}
