package dev.malloc9.pcpu;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.Objects;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZJ_Result;

/**
 * A race test of quiesce against sections in a compiled loop. The sections read a word and count while it is set. Another thread clears the
 * word and quiesces. After that, no section may count any more.
 */
@JCStressTest
@State
@Outcome(id = "true, 0", expect = ACCEPTABLE, desc = "no section acted on the old word afterwards")
@Outcome(expect = FORBIDDEN, desc = "a section went on after quiesce")
public class QuiesceUnderSections {

    private static final int ROUNDS = 50_000;
    private static final long WAIT_MILLIS = 10_000;

    private final Cpus cpus = new Cpus();
    private final int[] word = {1};
    private final int[] tags = new int[2];
    private final long[] row = new long[1];
    private boolean ended;
    private long seen;
    private volatile boolean begun;
    private volatile boolean over;

    /** Runs sections until one finds the word cleared. After the other thread has finished, runs {@code ROUNDS} more at most. */
    @Actor
    public void act() {
        Pcpu cpu = Objects.requireNonNull(cpus.current());
        begun = true;
        boolean last;
        do {
            last = over;
            ended = work(cpu);
        } while (!ended && !last);
    }

    /** Clears the word, quiesces and reads the count. Stores -1 if the sections did not end in time. */
    @Actor
    public void clear() {
        while (!begun) {
            Thread.onSpinWait();
        }
        word[0] = 0;
        seen = cpus.quiesce(WAIT_MILLIS) ? row[0] : -1;
        over = true;
    }

    /** Reports whether a section found the word cleared, and the number of sections that counted after the quiesce. */
    @Arbiter
    public void compare(ZJ_Result result) {
        result.r1 = ended;
        result.r2 = row[0] - seen;
    }

    /** Returns true if a section found the word cleared. Reads no volatile field. */
    private boolean work(Pcpu cpu) {
        for (int round = 0; round < ROUNDS; round++) {
            if (!section(cpu)) {
                return true;
            }
        }
        return false;
    }

    private boolean section(Pcpu cpu) {
        cpu.enter();
        try {
            int[] seenTags = tags;
            int now = word[0];
            if (now == 0) {
                return false;
            }
            seenTags[(int) row[0] & 1] = now;
            row[0]++;
            return true;
        } finally {
            cpu.exit();
        }
    }
}
