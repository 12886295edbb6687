package dev.malloc9.vm;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A point where the JVM delivers the error of a thread's access to a hole.
 *
 * <p>After an access that faults, the JVM continues behind it and records an {@link InternalError} for the thread. It throws the error at
 * the thread's next poll. A poll is a return from a method or the end of a loop iteration. In code that C2 has compiled as a whole, the
 * poll may come much later, in a frame of unrelated code.
 *
 * <p>A call into C is a poll in every mode of execution. A fence directly after an access therefore throws the error there. A fence before
 * a change throws it while nothing has changed.
 */
public final class Fence {

    /** The number of open ranges with holes in the process. */
    private static final AtomicInteger RANGES = new AtomicInteger();

    private Fence() {}

    /** Returns whether a thread may have a pending error: whether there are holes in this process. */
    public static boolean isNeeded() {
        return RANGES.get() != 0;
    }

    /**
     * Throws the pending error of the calling thread, if there is one.
     *
     * @throws InternalError if the thread has touched a hole since its last poll
     * @throws UnsupportedOperationException if the platform does not support holes
     */
    public static void pass() {
        Libc.fence();
    }

    /**
     * Counts a range with holes.
     *
     * @param ranges 1 after the range was mapped, -1 after it was unmapped
     */
    static void mapped(int ranges) {
        RANGES.addAndGet(ranges);
    }
}
