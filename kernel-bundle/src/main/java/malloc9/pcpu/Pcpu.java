package malloc9.pcpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * A per-CPU slot: what only one running thread at a time writes (struct pcpu).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: stacks of free items in two arrays, and a number, by which the layers above find what else is this CPU's.
 *   <li>Concurrency: between {@link #enter()} and {@link #exit()} the thread that {@link Cpus#current()} gave the
 *       slot to is the only writer of what has its number. A section must not block: a virtual thread that parked inside
 *       could find another one in its slot. Readers sum counters without a lock and accept the race: a count may be
 *       missing that is just being made.
 *   <li>Invariants: {@code section} is 1 inside a section and 0 outside.
 *   <li>Cost: two stores a section.
 *   <li>Differs from BSD: critical_enter keeps the scheduler away; here nothing needs to, since the JVM moves a virtual
 *       thread to another carrier only where it blocks.
 * </ul>
 *
 * <p><b>Why {@link Cpus#quiesce} sees every section that matters.</b> A thread stores {@code section} (1) and then
 * loads the state that quiesce's caller changed before. The CPU may delay that store past the load, and no fence is
 * paid for here; quiesce pays instead, with a handshake that interrupts each thread at an instruction boundary of
 * compiled code that is a safepoint: stores before it are visible, loads after it see the new state. The fence behind
 * the store in {@link #enter()} keeps the compiler from moving the load above it; on x86 it emits nothing. So either
 * the store came before the handshake, and quiesce waits for the section to end, or the load comes after it, and
 * the section sees the change.
 */
public class Pcpu {

    private static final VarHandle SECTION;

    static {
        try {
            SECTION = MethodHandles.lookup().findVarHandle(Pcpu.class, "section", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Which slot this is: 0, 1, 2 ... */
    public final int number;

    /** All stacks, one behind the other. Replaced and written by the owner. */
    public int[] items = new int[0];

    /** By stack: where in {@link #items} the next free item will stand. Replaced and written by the owner. */
    public int[] tops = new int[0];

    /** Thread id, or the OS's name of the carrier. Written under the lock of {@link Cpus}; its own thread reads it. */
    long owner;

    /** The platform thread, to see it die; none for carriers, whose names the OS gives again. */
    @Nullable
    WeakReference<Thread> thread;

    /** 1 inside a critical section. Written by the owner. */
    private int section;

    /** The slot of that number. */
    public Pcpu(int number) {
        this.number = number;
    }

    /** Begins a critical section; one that an error (a stack overflow, say) left open counts as ended. */
    public final void enter() {
        SECTION.setRelease(this, 1);
        VarHandle.acquireFence();
    }

    /** Ends the critical section; what was written inside is visible to who sees it ended. */
    public final void exit() {
        SECTION.setRelease(this, 0);
    }

    /** Whether a section is open. */
    final boolean inside() {
        return (int) SECTION.getAcquire(this) != 0;
    }
}
