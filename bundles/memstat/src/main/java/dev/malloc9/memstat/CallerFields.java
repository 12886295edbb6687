package dev.malloc9.memstat;

import org.jspecify.annotations.Nullable;

/** The fields of a memory type that belong to the caller, for data of its own about the type. */
final class CallerFields {

    private final @Nullable Object[] pointers = new Object[MemoryType.MAXCALLER];
    private final long[] numbers = new long[MemoryType.MAXCALLER];

    @Nullable
    Object pointer(int index) {
        return pointers[index];
    }

    void pointer(int index, @Nullable Object value) {
        pointers[index] = value;
    }

    long number(int index) {
        return numbers[index];
    }

    void number(int index, long value) {
        numbers[index] = value;
    }
}
