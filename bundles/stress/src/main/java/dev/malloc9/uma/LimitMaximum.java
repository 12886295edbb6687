package dev.malloc9.uma;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/** A race test of two requests for one credit that is returned: at most one of them gets it. */
@JCStressTest
@State
@Outcome(id = "false, false, 0", expect = ACCEPTABLE, desc = "both were too early")
@Outcome(
        id = {"true, false, 1", "false, true, 1"},
        expect = ACCEPTABLE,
        desc = "one got it")
@Outcome(expect = FORBIDDEN, desc = "more were taken than there are, or miscounted")
public class LimitMaximum {

    private final ZoneLimit limit = new ZoneLimit(1, new LongAdder());

    /** Takes the only credit. */
    public LimitMaximum() {
        limit.charge(1);
    }

    /** Asks for the credit without waiting, and reports whether it was granted. */
    @Actor
    public void first(ZZJ_Result result) {
        result.r1 = limit.tryTake();
    }

    /** Asks for the credit without waiting, and reports whether it was granted. */
    @Actor
    public void second(ZZJ_Result result) {
        result.r2 = limit.tryTake();
    }

    /** Returns the credit. */
    @Actor
    public void give() {
        limit.give();
    }

    /** Reports the number of credits that are taken. */
    @Arbiter
    public void used(ZZJ_Result result) {
        result.r3 = limit.used();
    }
}
