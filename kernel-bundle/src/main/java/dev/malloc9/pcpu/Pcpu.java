package dev.malloc9.pcpu;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * A per-CPU slot: data that only one running thread at a time writes (struct pcpu).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: stacks of free items in an array, their counts, and a number, by which the layers above find other data of this CPU.
 *   <li>Concurrency: {@link Cpus#current()} gives the slot to a thread. Between {@link #enter()} and {@link #exit()} this thread is the
 *       only writer of the slot and of the data with its number. A section must not block: if a virtual thread parked inside, another
 *       thread could use the same slot. Readers sum counters without a lock and accept the race: a count that is just being made may be
 *       missing.
 *   <li>Invariants: {@code section} is 1 inside a section and 0 outside.
 *   <li>Cost: two plain stores for each section. A fence costs nothing in the processor, but makes C2 forget all that it knows about
 *       memory: with fenced sections a malloc and free of 64 B took half as long again.
 *   <li>Differs from BSD: critical_enter keeps the scheduler away. The JVM moves a virtual thread to another carrier only where the thread
 *       blocks, so nothing is needed here.
 * </ul>
 *
 * <p><b>Why {@link Cpus#quiesce} sees every section that matters</b> although no section has a fence. Quiesce begins with a handshake,
 * which finds each thread at a safepoint. There the JVM must be able to continue in the interpreter, which has two consequences:
 * <ol>
 *   <li>All stores before the safepoint, in program order, have been made, and no later store. A thread that was stopped inside a section
 *       therefore shows {@code section} as 1, and quiesce waits for it. The value may become 0 a little before the last stores of the
 *       section are visible, since nothing orders them. A second handshake therefore follows before the caller of quiesce reads.
 *   <li>Loads are less restricted: a compiler may move a loaded value over a safepoint, for example out of a loop. The value on which a
 *       section acts must therefore be of a kind that the compiler cannot move: an element of an array, loaded inside the section. Every
 *       section also stores into arrays of that kind, at indexes that it learns only then, and which may be equal. The tops of the stacks
 *       and the gate of a zone are elements of {@code int[]} arrays. The gate of a type is among its counters, in a {@code long[]} array.
 * </ol>
 * Either a section was open at the handshake, and quiesce waits for it, or the section comes later, and sees the change. Code that C2 has
 * compiled as a whole has no safepoint inside a section, and is never seen inside one.
 */
public class Pcpu extends PcpuFront {

    /** The number of the slot: 0, 1, 2 and so on. The slot keeps it for ever. */
    public final int number;

    /**
     * The tops of all stacks, followed by the stacks. Replaced by the owner. Written by the owner, or after a quiesce by the thread that
     * empties the caches.
     */
    public int[] items = new int[0];

    /** Two counts for each stack, for the layer above, between unused elements. Replaced and written by the owner. */
    public long[] counts = new long[0];

    /**
     * The id of the owning thread, or the OS's name of the owning carrier; 0 for the shared slot. Written under the lock of {@link Cpus}.
     * {@link ThreadSlots} reads it without the lock.
     */
    long owner;

    /**
     * The owning platform thread, for the check that it is alive. Null for the shared slot and for carriers, because the OS uses the name
     * of a carrier again.
     */
    @Nullable
    WeakReference<Thread> thread;

    /**
     * 1 inside a critical section, else 0. Written by the owner. A fast path assigns it instead of calling {@link #enter} and {@link
     * #exit}, because an assignment cannot overflow the stack.
     */
    public int section;

    /** Creates the slot of the given number, without an owner and without stacks. */
    public Pcpu(int number) {
        this.number = number;
    }

    /** Begins a critical section. If an error, such as a stack overflow, left an earlier section open, this section replaces it. */
    public final void enter() {
        section = 1;
    }

    /** Ends the critical section; see {@link Cpus#quiesce}. */
    public final void exit() {
        section = 0;
    }

    /** Returns whether a critical section is open. Called after a handshake. */
    final boolean inside() {
        return section != 0;
    }
}
