package dev.malloc9.uma;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * A race test of a wait for a credit that is returned: the waiting request gets it. After a lost wake-up the test would hang, which
 * jcstress reports.
 */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "served, and nothing but his credit is taken")
@Outcome(expect = FORBIDDEN, desc = "a credit was lost or made")
public class LimitWakeUp {

    private final ZoneLimit limit = new ZoneLimit(1, new LongAdder());

    /** Takes the only credit. */
    public LimitWakeUp() {
        limit.charge(1);
    }

    /** Waits for the credit, and reports 1 if it was granted. */
    @Actor
    public void take(JJ_Result result) {
        result.r1 = limit.take() == ZoneLimit.Outcome.GRANTED ? 1 : 0;
    }

    /** Returns the credit. */
    @Actor
    public void give() {
        limit.give();
    }

    /** Reports the number of credits that are taken. */
    @Arbiter
    public void used(JJ_Result result) {
        result.r2 = limit.used();
    }
}
