package dev.malloc9.uma;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.malloc9.uma.ZoneLimit.Outcome;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * A race test of an interrupt against the grant of a credit: the waiting thread has the credit, or the credit is free. The credit is never
 * lost.
 */
@JCStressTest
@State
@org.openjdk.jcstress.annotations.Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "he was served")
@org.openjdk.jcstress.annotations.Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "he went, the credit is free")
@org.openjdk.jcstress.annotations.Outcome(expect = FORBIDDEN, desc = "the credit was lost or made")
public class LimitInterrupt {

    private final ZoneLimit limit = new ZoneLimit(1, new LongAdder());

    private volatile @Nullable Thread waiter;
    private volatile boolean interrupted;

    /** Takes the only credit. */
    public LimitInterrupt() {
        limit.charge(1);
    }

    /**
     * Waits for the credit, and reports 1 if it was granted. Ends only after the interrupt, which would otherwise reach the next task of
     * the thread.
     */
    @Actor
    public void take(JJ_Result result) {
        waiter = Thread.currentThread();
        result.r1 = limit.take() == Outcome.GRANTED ? 1 : 0;
        while (!interrupted) {
            Thread.onSpinWait();
        }
        Thread.interrupted();
    }

    /** Returns the credit. */
    @Actor
    public void give() {
        limit.give();
    }

    /** Interrupts the waiting thread. */
    @Actor
    public void interrupt() {
        Thread thread = waiter;
        while (thread == null) {
            Thread.onSpinWait();
            thread = waiter;
        }
        thread.interrupt();
        interrupted = true;
    }

    /** Reports the number of credits that are taken. */
    @Arbiter
    public void used(JJ_Result result) {
        result.r2 = limit.used();
    }
}
