package malloc9.uma;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.LongAdder;
import malloc9.uma.ZoneLimit.Outcome;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** A waiter is interrupted while his credit comes: he has it, or it is free; it is never in nobody's hands. */
@JCStressTest
@State
@org.openjdk.jcstress.annotations.Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "he was served")
@org.openjdk.jcstress.annotations.Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "he went, the credit is free")
@org.openjdk.jcstress.annotations.Outcome(expect = FORBIDDEN, desc = "the credit was lost or made")
public class LimitInterrupt {

    private final ZoneLimit limit = new ZoneLimit(1, new LongAdder());

    private volatile @Nullable Thread waiter;
    private volatile boolean interrupted;

    /** All credits are taken. */
    public LimitInterrupt() {
        limit.charge(1);
    }

    /** Waits; goes when the interrupt has come, which would else hit who runs next. */
    @Actor
    public void take(JJ_Result result) {
        waiter = Thread.currentThread();
        result.r1 = limit.take() == Outcome.GRANTED ? 1 : 0;
        while (!interrupted) {
            Thread.onSpinWait();
        }
        Thread.interrupted();
    }

    /** Gives back. */
    @Actor
    public void give() {
        limit.give();
    }

    /** Interrupts. */
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

    /** What is left. */
    @Arbiter
    public void used(JJ_Result result) {
        result.r2 = limit.used();
    }
}
