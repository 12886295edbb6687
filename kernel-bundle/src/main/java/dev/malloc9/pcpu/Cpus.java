package dev.malloc9.pcpu;

import dev.malloc9.vm.KernelLock;
import dev.malloc9.vm.Libc;
import java.lang.foreign.Arena;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The set of per-CPU slots, which also finds the slot of the calling thread.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: two tables of slots, one with the ids of platform threads as keys, one with the carriers of virtual threads as keys ({@link
 *       ThreadSlots}).
 *   <li>Concurrency: a look-up reads one table entry and checks that the calling thread owns the slot. A wrong slot is therefore never
 *       used, even if the entry contains another thread's slot. All changes are made under the lock.
 *   <li>Invariants: a living thread owns at most one slot. A slot is never freed. If a platform thread has ended, a new thread can inherit
 *       its slot, with all data that belongs to the slot's number.
 *   <li>Cost: under 1 ns for platform threads, about 3 ns for virtual threads.
 *   <li>Differs from BSD: a slot is created when a new thread needs one, since the JVM hides the number of the CPU.
 * </ul>
 */
public final class Cpus {

    /** The number of slots that are searched for a dead owner on behalf of a new thread. */
    private static final int LOOKS = 16;

    /** The time in nanoseconds between two checks of a slot that is inside a critical section. */
    private static final long QUIESCE_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private final IntFunction<Pcpu> factory;
    private final KernelLock lock = new KernelLock();

    /** The look-up tables. Written under {@code lock}. */
    private final ThreadSlots threads = new ThreadSlots();

    /** All slots; the index is the slot's number. Replaced under {@code lock}. */
    private volatile Pcpu[] all = new Pcpu[0];

    /** The index of the slot at which the last search for a dead owner ended. Guarded by {@code lock}. */
    private int hand;

    /**
     * The slot of all threads that cannot be distinguished: virtual threads on a system that does not name their carriers. Guarded by
     * {@code sharedLock}.
     */
    private final Pcpu shared;

    private final KernelLock sharedLock = new KernelLock();

    /** Creates a set with no slot except the shared one, which has the number 0. */
    public Cpus() {
        this(PcpuBack::new);
    }

    /**
     * Creates a set with no slot except the shared one.
     *
     * @param factory creates the slot of the given number
     */
    Cpus(IntFunction<Pcpu> factory) {
        this.factory = factory;
        this.shared = add(0);
    }

    /**
     * Returns the slot of the calling thread, or null if the caller must use {@link #lockShared()}. If the thread has no slot, creates one
     * or lets the thread inherit one. A virtual thread gets the slot of its carrier, and may lose it when it blocks.
     */
    public @Nullable Pcpu current() {
        Thread thread = Thread.currentThread();
        Pcpu slot = threads.of(thread);
        return slot != null ? slot : current(thread);
    }

    /**
     * Returns the slot of the calling thread as {@link #current()} does, if {@link ThreadSlots#of} returned null.
     *
     * @param caller the calling thread
     * @return the slot, or null if the caller must use {@link #lockShared()}
     */
    public @Nullable Pcpu current(Thread caller) {
        return caller.isVirtual() ? carrier() : findOrAdd(caller);
    }

    /** Returns the tables in which a thread finds its slot. */
    public ThreadSlots threads() {
        return threads;
    }

    /** Locks and returns the shared slot. The caller is its only user until {@link #releaseIfShared}. */
    public Pcpu lockShared() {
        sharedLock.lock();
        return shared;
    }

    /** Unlocks the slot if it is the shared one; other slots need no unlocking. */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    public void releaseIfShared(Pcpu slot) {
        if (slot == shared) {
            sharedLock.unlock();
        }
    }

    /** Returns all slots that exist now, by number. */
    public List<Pcpu> all() {
        return List.of(all);
    }

    /**
     * Waits until every slot was seen outside a critical section. If the result is true, every section that was open at the call has ended.
     * Every later section sees the caller's earlier writes. The caller must be in no critical section.
     *
     * @param waitMillis the longest time to wait for all sections together, in milliseconds; the handshakes are not limited
     * @return false if a slot was not seen outside in time, for example because its thread is stopped by a debugger
     */
    public boolean quiesce(long waitMillis) {
        return quiesce(waitMillis, () -> false);
    }

    /**
     * Quiesces as {@link #quiesce(long)} does, with the close of a shared arena in place of the second handshake.
     *
     * <p>{@link #handshake()} has no effect other than that of {@code Arena.close()}. The JDK marks the arena's session as closed, and then
     * runs a handshake with every thread, which looks for accesses to that session. The handshake of an arena with segments is the same
     * operation. One close therefore both ends the segments of an arena and shows the last stores of the sections. The close in place of
     * the first handshake would also be a sufficient barrier. However, it would end segments although a section does not end.
     *
     * @param waitMillis the longest time to wait for all sections together, in milliseconds; the handshakes are not limited
     * @param close closes a shared arena, and returns whether it did so in this call: a refused close runs no handshake, and {@link
     *     #handshake()} is called instead
     * @return false if a slot was not seen outside in time; {@code close} was not called then
     */
    public boolean quiesce(long waitMillis, BooleanSupplier close) {
        handshake();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
        for (Pcpu slot : all) {
            while (slot.inside()) {
                if (System.nanoTime() - deadline > 0) {
                    return false;
                }
                LockSupport.parkNanos(QUIESCE_PAUSE_NANOS);
            }
        }
        if (!close.getAsBoolean()) {
            handshake();
        }
        return true;
    }

    /** Runs a handshake with every thread of the JVM, as the close of a shared arena does. */
    @SuppressWarnings("MustBeClosedChecker") // the arena is closed in the expression that opens it
    private static void handshake() {
        Arena.ofShared().close();
    }

    /** Returns the slot of the carrier on which the calling virtual thread runs, or null if the system does not name carriers. */
    private @Nullable Pcpu carrier() {
        if (!Libc.hasThreadSelf()) {
            return null;
        }
        long self = Libc.threadSelf();
        Pcpu slot = threads.ofCarrier(self);
        return slot != null ? slot : carrierOrAdd(self);
    }

    /**
     * Finds or adds the slot of the calling thread's carrier. If the thread had to wait for the lock, it may be on another carrier now. The
     * carrier is therefore read again afterwards, and the search is repeated if it differs.
     */
    private Pcpu carrierOrAdd(long self) {
        long asked = self;
        while (true) {
            Pcpu slot = findOrAddCarrier(asked);
            long now = Libc.threadSelf();
            if (now == asked) {
                return slot;
            }
            asked = now;
        }
    }

    /**
     * Returns the slot of a platform thread: the one that it owns, else the slot of a dead thread, else a new one. Enters it in the table.
     */
    private Pcpu findOrAdd(Thread thread) {
        long id = thread.threadId();
        lock.lock();
        try {
            Pcpu slot = find(id, false);
            if (slot == null) {
                // Allocated first: a slot with an owner and without a thread would look like one of a carrier.
                WeakReference<Thread> reference = new WeakReference<>(thread);
                slot = inherit();
                if (slot == null) {
                    slot = add(id);
                }
                slot.owner = id;
                slot.thread = reference;
            }
            threads.put(thread, slot);
            return slot;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the platform thread that owns a slot is alive. */
    private static boolean lives(Pcpu slot) {
        WeakReference<Thread> reference = slot.thread;
        Thread thread = reference == null ? null : reference.get();
        return thread != null && thread.isAlive();
    }

    /** Returns the slot of a carrier: the one that it owns, else a new one. Enters it in the table. */
    private Pcpu findOrAddCarrier(long self) {
        lock.lock();
        try {
            Pcpu slot = find(self, true);
            if (slot == null) {
                slot = add(self);
            }
            threads.putCarrier(self, slot);
            return slot;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the slot of an owner, or null if it has none. Called under {@code lock}.
     *
     * @param owner the thread id, or the OS's name of the carrier
     * @param carrier whether the owner is a carrier
     */
    private @Nullable Pcpu find(long owner, boolean carrier) {
        for (Pcpu slot : all) {
            if (slot.owner == owner && (slot.thread == null) == carrier) {
                return slot;
            }
        }
        return null;
    }

    /**
     * Returns the slot of a platform thread that has ended, or null if the next {@code LOOKS} slots contain none. All actions of a thread
     * happen before another thread finds that it is not alive. The new owner therefore sees the slot as the dead thread left it. Called
     * under {@code lock}.
     */
    private @Nullable Pcpu inherit() {
        Pcpu[] slots = all;
        for (int look = 0; look < Math.min(LOOKS, slots.length); look++) {
            hand = (hand + 1) % slots.length;
            Pcpu slot = slots[hand];
            if (slot.thread != null && !lives(slot)) {
                return slot;
            }
        }
        return null;
    }

    /** Adds a slot with the next number. */
    private Pcpu add(long owner) {
        lock.lock();
        try {
            Pcpu slot = factory.apply(all.length);
            slot.owner = owner;
            Pcpu[] grown = Arrays.copyOf(all, all.length + 1);
            grown[all.length] = slot;
            all = grown;
            return slot;
        } finally {
            lock.unlock();
        }
    }
}
