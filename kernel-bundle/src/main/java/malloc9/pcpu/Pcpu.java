package malloc9.pcpu;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * A per-CPU slot: what only one running thread at a time writes (struct pcpu).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: stacks of free items in an array, their counts, and a number, by which the layers above find what else is
 *       this CPU's.
 *   <li>Concurrency: between {@link #enter()} and {@link #exit()} the thread that {@link Cpus#current()} gave the
 *       slot to is the only writer of what has its number. A section must not block: a virtual thread that parked inside
 *       could find another one in its slot. Readers sum counters without a lock and accept the race: a count may be
 *       missing that is just being made.
 *   <li>Invariants: {@code section} is 1 inside a section and 0 outside.
 *   <li>Cost: two plain stores a section. A fence costs nothing in the processor, but all that C2 knows of memory: fenced
 *       sections made a malloc and free of 64 B half as slow again.
 *   <li>Differs from BSD: critical_enter keeps the scheduler away; here nothing needs to, since the JVM moves a virtual
 *       thread to another carrier only where it blocks.
 * </ul>
 *
 * <p><b>Why {@link Cpus#quiesce} sees every section that matters</b> although none has a fence. Quiesce begins with a
 * handshake, which finds each thread at a safepoint. What a JVM does there, to be able to go on in the interpreter:
 * <ol>
 *   <li>All stores before the safepoint, in the order of the program, have been made, and none behind it. So a thread that
 *       was stopped inside a section shows {@code section} as 1 and is waited for. It may show 0 a little before its last
 *       stores, since nothing orders them; so another handshake follows before quiesce's caller reads.
 *   <li>Loads are less bound: a compiler may carry a loaded value over a safepoint, out of a loop, say. What a section acts
 *       on must therefore be a kind of value that it cannot carry: an element of an array, loaded in the section, since every
 *       section also stores into arrays of that kind, at places that it learns only then, which might be the same. Those are the tops
 *       of the stacks and the word of a zone, in {@code int[]}s, and the word of a type, among its counters, in {@code long[]}s.
 * </ol>
 * So either a section was open at the handshake, and quiesce waits for it, or it comes later, and sees the change. Code
 * that C2 has compiled as a whole has no safepoint inside a section, and is not seen open at all.
 */
public class Pcpu extends PcpuFront {

    /** Which slot this is: 0, 1, 2 ... */
    public final int number;

    /** The tops of all stacks, then the stacks, one behind the other. Replaced and written by the owner. */
    public int[] items = new int[0];

    /** By stack: two counts, for the layer above. Replaced and written by the owner. */
    public long[] counts = new long[0];

    /** Thread id, or the OS's name of the carrier. Written under the lock of {@link Cpus}; its own thread reads it. */
    long owner;

    /** The platform thread, to see it die; none for carriers, whose names the OS gives again. */
    @Nullable
    WeakReference<Thread> thread;

    /**
     * 1 inside a critical section. Written by the owner; a fast path assigns it instead of calling {@link #enter} and {@link #exit}, since an
     * assignment cannot overflow the stack.
     */
    public int section;

    /** The slot of that number. */
    public Pcpu(int number) {
        this.number = number;
    }

    /** Begins a critical section; one that an error (a stack overflow, say) left open counts as ended. */
    public final void enter() {
        section = 1;
    }

    /** Ends the critical section; see {@link Cpus#quiesce}. */
    public final void exit() {
        section = 0;
    }

    /** Whether a section is open; asked behind a handshake. */
    final boolean inside() {
        return section != 0;
    }
}
