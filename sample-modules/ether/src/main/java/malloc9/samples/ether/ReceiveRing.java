package malloc9.samples.ether;

import static malloc9.api.MallocFlags.M_WAITOK;

import java.lang.foreign.MemorySegment;
import malloc9.api.Malloc;
import malloc9.api.MallocType;
import org.jspecify.annotations.Nullable;

/**
 * A receive ring holds the last 256 frames, each in a malloc9 block of the frame's length.
 *
 * <p>Any number of replays may share it: a frame is counted before the next one can come in.
 */
final class ReceiveRing implements AutoCloseable {

    static final int SLOTS = 256;

    private final Malloc malloc;
    private final MallocType type;

    /** Guarded by this ring, as all below. */
    private final @Nullable MemorySegment[] slots = new MemorySegment[SLOTS];

    private int next;
    private boolean closed;

    ReceiveRing(Malloc malloc, MallocType type) {
        this.malloc = malloc;
        this.type = type;
    }

    /** Moves the reader's current frame into a new block, in the slot of the oldest, and counts it there. */
    synchronized void receive(Capture capture, FrameCounter counter) {
        if (closed) {
            throw new IllegalStateException("ether was detached during the replay of " + capture.name());
        }
        freeSlot(next);
        MemorySegment block = malloc.malloc(capture.frameLength(), type, M_WAITOK);
        slots[next] = block;
        next = (next + 1) % SLOTS;
        capture.copyFrameTo(block);
        counter.count(block);
    }

    /** Frees every block. */
    synchronized void drain() {
        for (int slot = 0; slot < SLOTS; slot++) {
            freeSlot(slot);
        }
    }

    /** Frees every block and takes no more. */
    @Override
    public synchronized void close() {
        closed = true;
        drain();
    }

    private void freeSlot(int slot) {
        MemorySegment block = slots[slot];
        if (block != null) {
            slots[slot] = null;
            malloc.free(block, type);
        }
    }
}
