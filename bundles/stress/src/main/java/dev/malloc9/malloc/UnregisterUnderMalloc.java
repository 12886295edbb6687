package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * A race test of a module's stop against a compiled loop that allocates and frees its type, while another thread reclaims. The leak report
 * must name exactly the blocks that the loop has not freed, and all of their memory must be back in the map.
 */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the report is exact, and nothing is lost")
@Outcome(expect = FORBIDDEN, desc = "an operation is not in the report, or memory was lost")
public class UnregisterUnderMalloc {

    private static final int ROUNDS = 20_000;

    /** The number of blocks of which one is kept. */
    private static final int KEPT = 4_000;

    private final TinyKernel kernel = new TinyKernel();
    private long allocs;
    private long frees;
    private volatile boolean begun;
    private volatile boolean over;

    /** Allocates and frees until the stop has ended, and once more after that. */
    @Actor
    public void work() {
        begun = true;
        boolean last;
        do {
            last = over;
            churn(kernel.malloc(), kernel.type);
        } while (!last);
    }

    /** Stops the module once the loop has begun. */
    @Actor
    public void unload() {
        while (!begun) {
            Thread.onSpinWait();
        }
        kernel.unload();
        over = true;
    }

    /** Reclaims the caches once, while the others run. */
    @Actor
    public void reclaim() {
        while (!begun) {
            Thread.onSpinWait();
        }
        kernel.subsystem.zones().reclaim();
    }

    /** Compares the blocks that were not freed with the leak report, and reports the bytes that the kernel lost and the incidents. */
    @Arbiter
    public void compare(JJ_Result result) {
        result.r1 = allocs - frees - kernel.leaked();
        result.r2 = kernel.end();
    }

    /** Allocates and frees. Reads no volatile field. */
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
            // A block that was not freed is in the leak report.
        }
    }
}
