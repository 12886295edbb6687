package malloc9.pcpu;

import org.jspecify.annotations.Nullable;

/**
 * Where threads find their slots: a table of platform threads by their ids, and one of carriers, on which virtual threads find theirs, by the
 * names that the OS gives them. Their entries are hints.
 *
 * <p>Read without order: a thread finds itself only in a slot that it was given under the lock of {@link Cpus} itself. Two living threads
 * whose ids are a multiple of {@link #LENGTH} apart put each other out with every call, which costs time only; and so do two carriers
 * whose names fall together.
 *
 * <p>A record of arrays that are never replaced, so that C2, where it knows the record, knows the arrays' addresses and length.
 *
 * @param slots of platform threads
 * @param carriers of the carriers of virtual threads
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares two tables
public record ThreadSlots(@Nullable Pcpu[] slots, @Nullable Pcpu[] carriers) {

    /** A power of two; 64 KiB of heap, of which only the lines of living threads are looked at. */
    private static final int LENGTH = 1 << 14;

    ThreadSlots() {
        this(new Pcpu[LENGTH], new Pcpu[LENGTH]);
    }

    /** The thread's slot, or null if it has to ask {@link Cpus}. */
    public @Nullable Pcpu of(Thread thread) {
        long id = thread.threadId();
        Pcpu slot = slots[(int) id & (LENGTH - 1)];
        // No virtual thread owns a slot, and no two threads have one id: who owns this one is a platform thread.
        return slot != null && slot.owner == id ? slot : null;
    }

    /** The slot of the carrier of that name, or null if the virtual thread on it has to ask {@link Cpus}. */
    public @Nullable Pcpu ofCarrier(long self) {
        Pcpu slot = carriers[carrierIndex(self)];
        return slot != null && slot.owner == self ? slot : null;
    }

    void putCarrier(long self, Pcpu slot) {
        carriers[carrierIndex(self)] = slot;
    }

    /** Thread control blocks lie whole stacks apart, so the low bits of their addresses are all alike. */
    private static int carrierIndex(long self) {
        return (int) ((self * 0x9E3779B97F4A7C15L) >>> 40) & (LENGTH - 1);
    }

    void put(Thread thread, Pcpu slot) {
        slots[(int) thread.threadId() & (LENGTH - 1)] = slot;
    }
}
