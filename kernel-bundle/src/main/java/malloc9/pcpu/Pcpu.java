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
 *   <li>Layout: plain fields and arrays on the Java heap; rows of counters appear when their row is first used.
 *   <li>Concurrency: between {@link #enter()} and {@link #exit()} the thread that {@link Cpus#current()} gave the
 *       slot to is its only writer. A section must not block: a virtual thread that parked inside could find another
 *       one in its slot. Readers sum the counters without a lock and accept the race: a count may be missing that is
 *       just being made.
 *   <li>Invariants: {@code section} is odd inside a section and even outside.
 *   <li>Cost: two stores a section.
 *   <li>Differs from BSD: critical_enter keeps the scheduler away; here nothing needs to, since the JVM moves a virtual
 *       thread to another carrier only where it blocks.
 * </ul>
 *
 * <p><b>Why {@link Cpus#quiesce} sees every section that matters.</b> A thread stores {@code section} (odd) and then
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

    /** Thread id, or the OS's name of the carrier. Written under the lock of {@link Cpus}; its own thread reads it. */
    long owner;

    /** The platform thread, to see it die; none for carriers, whose names the OS gives again. */
    @Nullable
    WeakReference<Thread> thread;

    /** Odd inside a critical section. Written by the owner. */
    private int section;

    /** Counters by row and column. Elements are written by the owner, the arrays replaced under the lock of Cpus. */
    private long[] @Nullable [] rows = new long[0][];

    /**
     * Begins a critical section; one that an error (a stack overflow, say) left open counts as ended.
     *
     * @return the section's number, for {@link #exit(int)}
     */
    public final int enter() {
        int entered = (section + 1) | 1;
        SECTION.setRelease(this, entered);
        VarHandle.acquireFence();
        return entered;
    }

    /**
     * Ends the critical section of that number. Who knows the number spares the processor to wait for the store of
     * {@link #enter()} to come back as a load, which else is the longest chain of a malloc.
     */
    public final void exit(int entered) {
        SECTION.setRelease(this, entered + 1);
    }

    /** Ends a critical section; what was written inside is visible to who sees the section ended. */
    public final void exit() {
        SECTION.setRelease(this, section + 1);
    }

    /** The counters of a row, or null if {@link Cpus#addRow} has not been called for it here. */
    public final long @Nullable [] row(int row) {
        long[] @Nullable [] current = rows;
        // The comparison that the array access makes, so that C2 keeps one of the two.
        return Integer.compareUnsigned(row, current.length) < 0 ? current[row] : null;
    }

    final int section() {
        return (int) SECTION.getAcquire(this);
    }

    final void putRow(int row, long @Nullable [] counters) {
        long[] @Nullable [] current = rows;
        if (row >= current.length) {
            if (counters == null) {
                return;
            }
            int length = Math.max(8, Integer.highestOneBit(row) << 1);
            long[] @Nullable [] grown = new long[length][];
            System.arraycopy(current, 0, grown, 0, current.length);
            current = grown;
        }
        current[row] = counters;
        VarHandle.releaseFence();
        rows = current;
    }
}
