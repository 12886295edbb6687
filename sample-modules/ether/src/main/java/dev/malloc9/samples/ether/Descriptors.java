package dev.malloc9.samples.ether;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;

/**
 * The descriptors that driver and device share. The descriptor of a slot has the address to which a frame may be written, and the
 * length of the frame once it was.
 *
 * <pre>
 *   address: 8 bytes | room: 4 bytes | length: 4 bytes, 0 until the device is done |
 * </pre>
 */
final class Descriptors implements AutoCloseable {

    static final int BYTES = 16;

    private static final int ROOM = 8;
    private static final int LENGTH = 12;

    private final Malloc malloc;
    private final MallocType type;
    private final MemorySegment block;

    Descriptors(Malloc malloc, MallocType type, int slots) {
        this.malloc = malloc;
        this.type = type;
        this.block = malloc.malloc((long) slots * BYTES, type, M_WAITOK | M_ZERO);
    }

    /** Passes a buffer to the device, to which the device may write a frame. */
    void post(int slot, MemorySegment buffer) {
        block.set(JAVA_LONG, at(slot), buffer.address());
        block.set(JAVA_INT, at(slot) + ROOM, (int) buffer.byteSize());
        block.set(JAVA_INT, at(slot) + LENGTH, 0);
    }

    /** Marks the frame as complete; called for the device. */
    void done(int slot, int length) {
        block.set(JAVA_INT, at(slot) + LENGTH, length);
    }

    /** Returns the address to which the device writes; 0 before the first post. */
    long address(int slot) {
        return block.get(JAVA_LONG, at(slot));
    }

    /** Returns the length of the frame in bytes; 0 until the device is done. */
    int length(int slot) {
        return block.get(JAVA_INT, at(slot) + LENGTH);
    }

    @Override
    public void close() {
        malloc.free(block, type);
    }

    private static long at(int slot) {
        return (long) slot * BYTES;
    }
}
