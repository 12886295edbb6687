package malloc9.uma;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZJ_Result;

/** Two requests and one credit that comes back: at most one of them gets it. */
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

    /** All credits are taken. */
    public LimitMaximum() {
        limit.charge(1);
    }

    /** Asks. */
    @Actor
    public void first(ZZJ_Result result) {
        result.r1 = limit.tryTake();
    }

    /** Asks. */
    @Actor
    public void second(ZZJ_Result result) {
        result.r2 = limit.tryTake();
    }

    /** Gives back. */
    @Actor
    public void give() {
        limit.give();
    }

    /** What is taken. */
    @Arbiter
    public void used(ZZJ_Result result) {
        result.r3 = limit.used();
    }
}
