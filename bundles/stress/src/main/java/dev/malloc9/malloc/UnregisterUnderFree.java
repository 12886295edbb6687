package dev.malloc9.malloc;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.UnregisteredType;
import dev.malloc9.api.raw.RawMalloc;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** A race test of a module's stop against frees by address: each block is freed once, by the thread or by the stop. */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the report is exact, and nothing is lost")
@Outcome(expect = FORBIDDEN, desc = "a free is not in the report, or memory was lost")
public class UnregisterUnderFree {

    private static final int BLOCKS = 2_000;

    private final TinyKernel kernel = new TinyKernel();
    private final long[] blocks = new long[BLOCKS];
    private long frees;
    private volatile boolean begun;

    /** Allocates the blocks, then frees as many as the stop permits. */
    @Actor
    public void free() {
        RawMalloc malloc = kernel.subsystem.rawMalloc();
        for (int block = 0; block < BLOCKS; block++) {
            blocks[block] = malloc.malloc(64, kernel.type, M_WAITOK);
        }
        begun = true;
        freeAll(malloc, kernel.type);
    }

    /** Stops the module once all blocks are allocated. */
    @Actor
    public void unload() {
        while (!begun) {
            Thread.onSpinWait();
        }
        kernel.unload();
    }

    /** Compares the blocks that were not freed with the leak report, and reports the bytes that the kernel lost and the incidents. */
    @Arbiter
    public void compare(JJ_Result result) {
        result.r1 = BLOCKS - frees - kernel.leaked();
        result.r2 = kernel.end();
    }

    private void freeAll(RawMalloc malloc, MallocType type) {
        try {
            for (long block : blocks) {
                malloc.free(block, type);
                frees++;
            }
        } catch (UnregisteredType | InvalidFree tooLate) {
            // The blocks that were not freed are in the leak report.
        }
    }
}
