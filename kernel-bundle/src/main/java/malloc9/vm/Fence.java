package malloc9.vm;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fence is where a thread learns that it has touched a hole.
 *
 * <p>The JVM goes on behind the access that faulted, notes an {@link InternalError} for the thread, and delivers it at the thread's next
 * poll: the return from a method, the end of a loop's turn, in code that C2 has compiled as a whole perhaps much later, in
 * somebody else's frame. A call into C and back is a poll in every mode of execution, so a fence right behind an access delivers
 * the error there, and a fence in front of a change delivers it while nothing has changed.
 */
public final class Fence {

    /** Ranges with holes in the process. */
    private static final AtomicInteger RANGES = new AtomicInteger();

    private Fence() {}

    /** Whether a thread may have a fault coming: whether there are holes in this process. */
    public static boolean isNeeded() {
        return RANGES.get() != 0;
    }

    /**
     * Delivers.
     *
     * @throws InternalError if the thread has touched a hole since its last poll
     */
    public static void pass() {
        Libc.fence();
    }

    static void mapped(int ranges) {
        RANGES.addAndGet(ranges);
    }
}
