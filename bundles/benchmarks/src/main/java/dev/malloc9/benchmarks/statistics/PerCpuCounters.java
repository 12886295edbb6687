package dev.malloc9.benchmarks.statistics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The counters of FreeBSD since its commit 7035f9f56a: only the owner of a slot writes its counters, with plain loads and stores, and a
 * reader sums them up.
 *
 * <p>A slot belongs to a thread here. The thread finds the slot in a table by thread id and checks that it is the owner. If two threads get
 * the same slot, the second one fails with an {@link IllegalStateException}. Stores are opaque, so that a loop does not keep a counter in a
 * register, where readers cannot see it.
 */
final class PerCpuCounters extends Counters {

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    /** The index of the first counter. The counters lie behind a cache line of padding, so that two slots never share a line. */
    private static final int ALLOCS = 8;

    private static final int ALLOCATED = 9;
    private static final int FREES = 10;
    private static final int FREED = 11;
    private static final int LENGTH = 24;

    private static final int SLOTS = 64;

    private static final class Slot {
        final Thread owner;
        final long[] counters = new long[LENGTH];

        Slot(Thread owner) {
            this.owner = owner;
        }
    }

    /**
     * The slots by thread id. An entry is written once, under the monitor of this object; a thread that counts reads it without the monitor
     * first.
     */
    private final @Nullable Slot[] slots = new @Nullable Slot[SLOTS];

    @Override
    public long malloc(int bytes) {
        long[] counters = mine();
        add(counters, ALLOCS, 1);
        add(counters, ALLOCATED, bytes);
        return 0;
    }

    @Override
    public void free(long block) {
        long[] counters = mine();
        add(counters, FREES, 1);
        add(counters, FREED, BYTES);
    }

    @Override
    public synchronized Totals totals() {
        return new Totals(sum(ALLOCS), sum(ALLOCATED), sum(FREES), sum(FREED));
    }

    private static void add(long[] counters, int column, long by) {
        LONGS.setOpaque(counters, column, (long) LONGS.getOpaque(counters, column) + by);
    }

    private long[] mine() {
        Thread self = Thread.currentThread();
        Slot slot = slots[(int) self.threadId() & (SLOTS - 1)];
        return slot != null && slot.owner == self ? slot.counters : counters(self);
    }

    private synchronized long[] counters(Thread self) {
        int index = (int) self.threadId() & (SLOTS - 1);
        Slot slot = slots[index];
        if (slot == null) {
            slot = new Slot(self);
            slots[index] = slot;
        }
        if (slot.owner != self) {
            throw new IllegalStateException("slot " + index + " belongs to " + slot.owner);
        }
        return slot.counters;
    }

    private long sum(int column) {
        long sum = 0;
        for (Slot slot : slots) {
            if (slot != null) {
                sum += (long) LONGS.getOpaque(slot.counters, column);
            }
        }
        return sum;
    }
}
