package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;

/**
 * A race test of drains against malloc and free: one thread reclaims the caches again and again while two threads allocate and free. No
 * block may have two holders.
 */
@JCStressTest
@State
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "each block had one holder, all are counted, and nothing is lost")
@Outcome(expect = FORBIDDEN, desc = "a block was lost or doubled")
public class DrainUnderMalloc {

    private static final int ROUNDS = 20_000;

    private final TinyKernel kernel = new TinyKernel();

    private volatile boolean firstEnded;
    private volatile boolean secondEnded;

    /** Allocates and frees, and reports the number of wrong blocks. */
    @Actor
    public void first(JJJ_Result result) {
        result.r1 = churn(kernel.malloc(), kernel.type, 1);
        firstEnded = true;
    }

    /** Allocates and frees, and reports the number of wrong blocks. */
    @Actor
    public void second(JJJ_Result result) {
        result.r2 = churn(kernel.malloc(), kernel.type, 2);
        secondEnded = true;
    }

    /** Reclaims at least once, and until both other threads have ended. */
    @Actor
    public void reclaim() {
        do {
            kernel.subsystem.zones().reclaim();
        } while (!firstEnded || !secondEnded);
    }

    /** Reports the sum of the live blocks, the bytes that were lost and the incidents. All must be 0. */
    @Arbiter
    public void settle(JJJ_Result result) {
        result.r3 = kernel.live();
        kernel.unload();
        result.r3 += kernel.end();
    }

    /**
     * Returns the number of blocks in which another block's mark was found. Reads no volatile field, so that the loop can be compiled
     * without reloads.
     */
    private static long churn(Malloc malloc, MallocType type, long mark) {
        long wrong = 0;
        for (int round = 0; round < ROUNDS; round++) {
            MemorySegment block = malloc.malloc(64, type, M_WAITOK);
            MemorySegment other = malloc.malloc(64, type, M_WAITOK);
            block.set(ValueLayout.JAVA_LONG, 0, mark);
            other.set(ValueLayout.JAVA_LONG, 0, -mark);
            wrong += block.get(ValueLayout.JAVA_LONG, 0) == mark ? 0 : 1;
            malloc.free(block, type);
            wrong += other.get(ValueLayout.JAVA_LONG, 0) == -mark ? 0 : 1;
            malloc.free(other, type);
        }
        return wrong;
    }
}
