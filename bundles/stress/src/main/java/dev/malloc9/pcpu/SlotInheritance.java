package dev.malloc9.pcpu;

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

/**
 * A race test of two new threads for the slot of a thread that has ended: one of them inherits the slot and sees the count that was stored
 * there.
 */
@JCStressTest
@State
@Outcome(
        id = {"1, 2, 1", "2, 1, 1"},
        expect = ACCEPTABLE,
        desc = "one inherits, the other gets a new slot")
@Outcome(expect = FORBIDDEN, desc = "both or none inherit, or the dead one's last store is not seen")
public class SlotInheritance {

    private final Cpus cpus = new Cpus();

    /** The number of new threads that have a slot. Neither thread ends before both have one. */
    private final AtomicInteger come = new AtomicInteger();

    /** A counter for each slot, which only the owner of the slot writes. */
    private final long[] counters = new long[4];

    private volatile long inherited;

    /** Gives the slot 1 to a thread, which stores a count and ends. */
    public SlotInheritance() {
        Thread dead = Thread.ofPlatform().start(() -> counters[slot()] = 1);
        try {
            dead.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes a slot and reports its number. */
    @Actor
    public void first(IIJ_Result result) {
        result.r1 = come();
    }

    /** Takes a slot and reports its number. */
    @Actor
    public void second(IIJ_Result result) {
        result.r2 = come();
    }

    /** Reports the count that the heir of the slot found; 0 if no thread has inherited the slot. */
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
