package malloc9.pcpu;

import java.lang.foreign.Arena;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import malloc9.vm.KernelLock;
import malloc9.vm.Libc;
import org.jspecify.annotations.Nullable;

/**
 * The set of per-CPU slots, and the answer to "which one is mine".
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: two tables of slots by key, one for platform threads, one for carriers of virtual threads
 *       ({@link ThreadSlots}).
 *   <li>Concurrency: a look-up reads one table entry and checks that the slot's owner is the asker: whatever the entry
 *       holds, a wrong slot is never used. All changes are made under the lock.
 *   <li>Invariants: a living thread owns at most one slot; a slot is never freed, and the slot of a thread that ended
 *       is inherited by a newcomer, with all that has its number.
 *   <li>Cost: under 1 ns for platform threads, about 3 ns for virtual ones.
 *   <li>Differs from BSD: slots come as threads come, since the JVM hides the CPU's number.
 * </ul>
 */
public final class Cpus {

    /** How many slots a newcomer looks at for a dead owner. */
    private static final int LOOKS = 16;

    private static final long QUIESCE_PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private final IntFunction<Pcpu> factory;
    private final KernelLock lock = new KernelLock();

    /** Written under lock. */
    private final ThreadSlots threads = new ThreadSlots();

    /** All slots. Replaced under lock. */
    private volatile Pcpu[] all = new Pcpu[0];

    /** Where the search for a dead owner goes on. Guarded by lock. */
    private int hand;

    /** The slot of those who cannot be told apart (virtual threads without a named carrier). Guarded by sharedLock. */
    private final Pcpu shared;

    private final KernelLock sharedLock = new KernelLock();

    /** No slots yet, but for the shared one. */
    public Cpus() {
        this(PcpuBack::new);
    }

    /** As above. */
    Cpus(IntFunction<Pcpu> factory) {
        this.factory = factory;
        this.shared = add(0);
    }

    /** The caller's slot, or null if the caller must use {@link #lockShared()}. */
    public @Nullable Pcpu current() {
        Thread thread = Thread.currentThread();
        Pcpu slot = threads.of(thread);
        return slot != null ? slot : current(thread);
    }

    /** The slot of the caller, who is that thread and not found in {@link #threads()}; null if he must use {@link #lockShared()}. */
    public @Nullable Pcpu current(Thread caller) {
        return caller.isVirtual() ? carrier() : findOrAdd(caller);
    }

    /** Where platform threads find their slots. */
    public ThreadSlots threads() {
        return threads;
    }

    /** The slot that several share; the caller is its only user until {@link #releaseIfShared}. */
    public Pcpu lockShared() {
        sharedLock.lock();
        return shared;
    }

    /** Ends the use of the slot, if it is the shared one. */
    @SuppressWarnings("ReferenceEquality") // a slot is who it is
    public void releaseIfShared(Pcpu slot) {
        if (slot == shared) {
            sharedLock.unlock();
        }
    }

    /** All slots there are now, by number. */
    public List<Pcpu> all() {
        return List.of(all);
    }

    /**
     * Waits until every slot was seen outside a critical section: those that were open when this was called have ended,
     * and every later one sees what the caller wrote before.
     *
     * @return false if a slot was never seen outside in time (its thread is being debugged, say)
     */
    public boolean quiesce(long waitMillis) {
        return quiesce(waitMillis, () -> false);
    }

    /**
     * Quiesces as {@link #quiesce(long)} does, with the close of a shared arena in place of the second handshake.
     *
     * <p>{@link #handshake()} has no effect but that of {@code Arena.close()}: the JDK marks the arena's session as closed, and then runs a
     * handshake with every thread, which looks for accesses to that session. The handshake of an arena with segments is the same operation. So
     * one close both ends the segments of an arena and shows the last stores of the sections. The other order, with the close in place of the
     * first handshake, would do for the barrier as well, but would end segments although a section does not end.
     *
     * @param close closes a shared arena, and returns whether it did so in this call: a close that is refused runs no handshake
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

    /** Stops each thread of the JVM for an instant: what closing a shared arena does. */
    @SuppressWarnings("MustBeClosedChecker") // it is closed before it has a name
    private static void handshake() {
        Arena.ofShared().close();
    }

    private @Nullable Pcpu carrier() {
        if (!Libc.hasThreadSelf()) {
            return null;
        }
        long self = Libc.threadSelf();
        Pcpu slot = threads.ofCarrier(self);
        return slot != null ? slot : carrierOrAdd(self);
    }

    /** Who had to wait for the lock may be on another carrier now, and is asked again. */
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

    private Pcpu findOrAdd(Thread thread) {
        long id = thread.threadId();
        lock.lock();
        try {
            Pcpu slot = find(id, false);
            if (slot == null) {
                slot = inherit();
                if (slot == null) {
                    slot = add(id);
                }
                slot.owner = id;
                slot.thread = new WeakReference<>(thread);
            }
            threads.put(thread, slot);
            return slot;
        } finally {
            lock.unlock();
        }
    }

    private static boolean lives(Pcpu slot) {
        WeakReference<Thread> reference = slot.thread;
        Thread thread = reference == null ? null : reference.get();
        return thread != null && thread.isAlive();
    }

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

    private @Nullable Pcpu find(long owner, boolean carrier) {
        for (Pcpu slot : all) {
            if (slot.owner == owner && (slot.thread == null) == carrier) {
                return slot;
            }
        }
        return null;
    }

    /** A slot whose thread has ended: the end of a thread is ordered before whoever sees it dead. */
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
