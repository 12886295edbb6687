package malloc9.pcpu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIJ_Result;

/** Two newcomers and the slot of a thread that has ended: one of them inherits it, with what was counted there. */
@JCStressTest
@State
@Outcome(
        id = {"1, 2, 1", "2, 1, 1"},
        expect = ACCEPTABLE,
        desc = "one inherits, the other gets a new slot")
@Outcome(expect = FORBIDDEN, desc = "both or none inherit, or the dead one's last store is not seen")
public class SlotInheritance {

    private final Cpus cpus = new Cpus();

    /** Who has a slot; nobody ends before both have. */
    private final AtomicInteger come = new AtomicInteger();

    /** By slot: a counter that only its owner writes. */
    private final long[] counters = new long[4];

    private volatile long inherited;

    /** The slot 1 is a dead thread's. */
    public SlotInheritance() {
        Thread dead = Thread.ofPlatform().start(() -> counters[slot()] = 1);
        try {
            dead.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Comes. */
    @Actor
    public void first(IIJ_Result result) {
        result.r1 = come();
    }

    /** Comes. */
    @Actor
    public void second(IIJ_Result result) {
        result.r2 = come();
    }

    /** What the heir found. */
    @Arbiter
    public void look(IIJ_Result result) {
        result.r3 = inherited;
    }

    private int come() {
        int slot = slot();
        if (slot == 1) {
            inherited = counters[slot];
        }
        come.incrementAndGet();
        while (come.get() < 2) {
            Thread.onSpinWait();
        }
        return slot;
    }

    private int slot() {
        return Objects.requireNonNull(cpus.current()).number;
    }
}
