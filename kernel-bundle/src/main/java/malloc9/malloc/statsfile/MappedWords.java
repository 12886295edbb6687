package malloc9.malloc.statsfile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The words of a statistics file: every store into a file that is in use is made here, in the order of the program. A class of its own so
 * that a test can look at the file after each store.
 */
class MappedWords {

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final MemorySegment file;

    MappedWords(MemorySegment file) {
        this.file = file;
    }

    void put(long offset, long value) {
        LONG.setRelease(file, offset, value);
    }

    void putInt(long offset, int value) {
        INT.setRelease(file, offset, value);
    }

    int getInt(long offset) {
        return (int) INT.get(file, offset);
    }

    void add(long offset, long delta) {
        LONG.getAndAdd(file, offset, delta);
    }

    void or(long offset, long bits) {
        LONG.getAndBitwiseOr(file, offset, bits);
    }

    void zero(long offset, long bytes) {
        file.asSlice(offset, bytes).fill((byte) 0);
    }

    void put(long offset, byte[] bytes) {
        MemorySegment.copy(bytes, 0, file, ValueLayout.JAVA_BYTE, offset, bytes.length);
    }
}
