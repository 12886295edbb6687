package malloc9.samples.ether;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static malloc9.api.MallocFlags.M_WAITOK;
import static malloc9.api.MallocFlags.M_ZERO;

import java.lang.foreign.MemorySegment;
import malloc9.api.Malloc;
import malloc9.api.MallocType;

/**
 * What driver and device have in common: for each slot of a ring where a frame may be written, and whether one was.
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

    /** Gives the device a buffer to write to. */
    void post(int slot, MemorySegment buffer) {
        block.set(JAVA_LONG, at(slot), buffer.address());
        block.set(JAVA_INT, at(slot) + ROOM, (int) buffer.byteSize());
        block.set(JAVA_INT, at(slot) + LENGTH, 0);
    }

    /** The device's word that a frame is there. */
    void done(int slot, int length) {
        block.set(JAVA_INT, at(slot) + LENGTH, length);
    }

    /** Where the device writes. */
    long address(int slot) {
        return block.get(JAVA_LONG, at(slot));
    }

    /** Bytes of the frame. */
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
