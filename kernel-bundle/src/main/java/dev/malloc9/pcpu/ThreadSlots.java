package dev.malloc9.pcpu;

import org.jspecify.annotations.Nullable;

/**
 * The tables in which threads find their slots. One table has the ids of platform threads as keys. The other table has as keys the names
 * that the OS gives to the carriers of virtual threads. The entries are hints.
 *
 * <p>The tables are read without memory ordering. This is safe because a thread accepts only a slot that was given to it, or to its
 * carrier, under the lock of {@link Cpus}. If the ids of two living threads differ by a multiple of {@link #LENGTH}, each replaces the
 * other's entry with every call. This only costs time. The same holds for two carriers with the same index.
 *
 * <p>This record has arrays that are never replaced. If C2 knows the record, it therefore knows the addresses and the length of the arrays.
 *
 * @param slots the slots of platform threads, indexed by the low bits of the thread id
 * @param carriers the slots of carriers, indexed by a hash of the carrier's name
 */
@SuppressWarnings("ArrayRecordComponent") // the tables are never compared
public record ThreadSlots(@Nullable Pcpu[] slots, @Nullable Pcpu[] carriers) {

    /**
     * The length of each table, a power of two. With compressed references a table takes 64 KiB of heap, of which only the cache lines with
     * entries of living threads are read.
     */
    private static final int LENGTH = 1 << 14;

    ThreadSlots() {
        this(new Pcpu[LENGTH], new Pcpu[LENGTH]);
    }

    /**
     * Returns the slot of the calling platform thread, or null if the thread must ask {@link Cpus}. For a virtual thread the result is
     * always null.
     */
    public @Nullable Pcpu of(Thread thread) {
        long id = thread.threadId();
        Pcpu slot = slots[(int) id & (LENGTH - 1)];
        // No virtual thread owns a slot, and no two threads have the same id. The owner of this slot is therefore this
        // platform thread.
        return slot != null && slot.owner == id ? slot : null;
    }

    /**
     * Returns the slot of a carrier, or null if the virtual thread on it must ask {@link Cpus}.
     *
     * @param self the name that the OS gives to the carrier
     */
    public @Nullable Pcpu ofCarrier(long self) {
        Pcpu slot = carriers[carrierIndex(self)];
        return slot != null && slot.owner == self ? slot : null;
    }

    /** Enters the slot of a carrier. Called under the lock of {@link Cpus}. */
    void putCarrier(long self, Pcpu slot) {
        carriers[carrierIndex(self)] = slot;
    }

    /**
     * Returns the index of a carrier. The name is hashed, because thread control blocks are whole stacks apart, so the low bits of their
     * addresses are equal.
     */
    private static int carrierIndex(long self) {
        return (int) ((self * 0x9E3779B97F4A7C15L) >>> 40) & (LENGTH - 1);
    }

    /** Enters the slot of a platform thread. Called under the lock of {@link Cpus}. */
    void put(Thread thread, Pcpu slot) {
        slots[(int) thread.threadId() & (LENGTH - 1)] = slot;
    }
}
