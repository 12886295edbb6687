package malloc9.uma;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** A credit that comes back gets to who waits for it: a lost wake-up would let the test hang, which jcstress reports. */
@JCStressTest
@State
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "served, and nothing but his credit is taken")
@Outcome(expect = FORBIDDEN, desc = "a credit was lost or made")
public class LimitWakeUp {

    private final ZoneLimit limit = new ZoneLimit(1, new LongAdder());

    /** All credits are taken. */
    public LimitWakeUp() {
        limit.charge(1);
    }

    /** Waits. */
    @Actor
    public void take(JJ_Result result) {
        result.r1 = limit.take() == ZoneLimit.Outcome.GRANTED ? 1 : 0;
    }

    /** Gives back. */
    @Actor
    public void give() {
        limit.give();
    }

    /** What is left. */
    @Arbiter
    public void used(JJ_Result result) {
        result.r2 = limit.used();
    }
}
