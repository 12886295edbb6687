package malloc9.pcpu;

import org.jspecify.annotations.Nullable;

/**
 * Where platform threads find their slots: a table by thread id, whose entries are hints.
 *
 * <p>Read without order: a thread finds itself only in a slot that it was given under the lock of {@link Cpus} itself. Two living threads
 * whose ids are a multiple of {@link #LENGTH} apart put each other out with every call, which costs time only.
 *
 * <p>A record of one array that is never replaced, so that C2, where it knows the record, knows the array's address and length.
 *
 * @param slots the table
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two tables
public record ThreadSlots(@Nullable Pcpu[] slots) {

    /** A power of two; 64 KiB of heap, of which only the lines of living threads are looked at. */
    private static final int LENGTH = 1 << 14;

    ThreadSlots() {
        this(new Pcpu[LENGTH]);
    }

    /** The thread's slot, or null if it has to ask {@link Cpus}. */
    public @Nullable Pcpu of(Thread thread) {
        long id = thread.threadId();
        Pcpu slot = slots[(int) id & (LENGTH - 1)];
        // No virtual thread owns a slot, and no two threads have one id: who owns this one is a platform thread.
        return slot != null && slot.owner == id ? slot : null;
    }

    void put(Thread thread, Pcpu slot) {
        slots[(int) thread.threadId() & (LENGTH - 1)] = slot;
    }
}
