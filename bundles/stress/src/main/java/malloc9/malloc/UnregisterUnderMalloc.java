package malloc9.malloc;

import static malloc9.api.MallocFlags.M_WAITOK;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.foreign.MemorySegment;
import malloc9.api.InvalidFree;
import malloc9.api.Malloc;
import malloc9.api.MallocType;
import malloc9.api.UnregisteredType;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * A module is stopped while a thread allocates and frees its type in a compiled loop, and another reclaims: what the thread
 * has not given back is what the leak report says, and all of it is in the map again.
 */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the report is exact, and nothing is lost")
@Outcome(expect = FORBIDDEN, desc = "an operation is not in the report, or memory was lost")
public class UnregisterUnderMalloc {

    private static final int ROUNDS = 20_000;

    /** One block in so many is kept. */
    private static final int KEPT = 4_000;

    private final TinyKernel kernel = new TinyKernel();
    private long allocs;
    private long frees;
    private volatile boolean begun;
    private volatile boolean over;

    /** Allocates and frees until the type is gone. */
    @Actor
    public void work() {
        begun = true;
        boolean last;
        do {
            last = over;
            churn(kernel.malloc(), kernel.type);
        } while (!last);
    }

    /** Stops the module. */
    @Actor
    public void unload() {
        while (!begun) {
            Thread.onSpinWait();
        }
        kernel.unload();
        over = true;
    }

    /** Takes the caches away meanwhile. */
    @Actor
    public void reclaim() {
        while (!begun) {
            Thread.onSpinWait();
        }
        kernel.subsystem.zones().reclaim();
    }

    /** Compares. */
    @Arbiter
    public void compare(JJ_Result result) {
        result.r1 = allocs - frees - kernel.leaked();
        result.r2 = kernel.end();
    }

    /** Reads nothing volatile. */
    private void churn(Malloc malloc, MallocType type) {
        try {
            for (int round = 1; round <= ROUNDS; round++) {
                MemorySegment block = malloc.malloc(64, type, M_WAITOK);
                allocs++;
                if (round % KEPT != 0) {
                    malloc.free(block, type);
                    frees++;
                }
            }
        } catch (UnregisteredType | InvalidFree tooLate) {
            // What is in hand is in the report.
        }
    }
}
