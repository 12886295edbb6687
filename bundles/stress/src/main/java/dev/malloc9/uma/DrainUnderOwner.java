package dev.malloc9.uma;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.malloc9.pcpu.Cpus;
import dev.malloc9.pcpu.Pcpu;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A race test of a drain against the owner of a cache, which takes and puts items in a compiled loop like that of malloc and free. The item
 * that the owner holds and the drained items must be all items.
 *
 * <p>The inner loop reads no volatile field, so that the compiler may move out of it any load that it may legally move.
 */
@JCStressTest
@State
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "each item is there once, and the owner saw the gate")
@Outcome(expect = FORBIDDEN, desc = "an item was lost or doubled, or the owner went on")
public class DrainUnderOwner {

    private static final int ITEMS = 7;
    private static final int ROUNDS = 50_000;
    private static final int WORD = 1;
    private static final long WAIT_MILLIS = 10_000;

    private final Cpus cpus = new Cpus();
    private final CountedItems source = new CountedItems(ITEMS);
    private final UmaZone zone = source.zone(64);

    /**
     * The row that every section checks first and counts in, like the row of a type: a counter, and the gate, which is 0 once it is closed.
     */
    private final long[] row = {0, 1};

    /** The number of the zone. The field is not final, so that it is no constant for the compiler. */
    private int number;

    private int inHand = -1;
    private volatile boolean opened;
    private volatile boolean over;
    private boolean drained;

    /**
     * Takes and puts items until the owner finds the gate closed or the cache drained, and reports 1. If it does not find that by
     * {@code ROUNDS} rounds after the drain, reports 0.
     */
    @Actor
    public void owner(II_Result result) {
        Pcpu cpu = Objects.requireNonNull(cpus.current());
        open(cpu);
        opened = true;
        boolean last;
        boolean stopped;
        do {
            last = over;
            stopped = work(cpu);
        } while (!stopped && !last);
        result.r2 = stopped ? 1 : 0;
    }

    /** Closes the gate and drains the owner's cache. */
    @Actor
    public void drain() {
        while (!opened) {
            Thread.onSpinWait();
        }
        Drain drain = new Drain(cpus);
        row[WORD] = 0;
        drained = drain.take(List.of(zone), WAIT_MILLIS);
        drain.release((zone, work) -> work.run());
        over = true;
    }

    /**
     * Returns the last items to their source, and reports the number of items that were not released exactly once. If the drain did not end
     * in time, reports all items.
     */
    @Arbiter
    public void count(II_Result result) {
        if (inHand >= 0) {
            source.release(new int[] {inHand}, 1);
        }
        zone.drain();
        result.r1 = drained ? source.wrong() : ITEMS;
    }

    private void open(Pcpu cpu) {
        @Nullable UmaZone[] zones = {zone};
        Bucket bucket = Objects.requireNonNull(zone.fullBucket(0, 0));
        cpu.enter();
        Cache.open(cpu, zones);
        Cache.fill(cpu.items, zone, bucket);
        cpu.exit();
    }

    /** Returns true if the owner stopped because of the drain, and false after {@code ROUNDS} rounds. */
    private boolean work(Pcpu cpu) {
        for (int round = 0; round < ROUNDS; round++) {
            int item = take(cpu);
            if (item < 0) {
                return true;
            }
            if (!put(cpu, item)) {
                inHand = item;
                return true;
            }
        }
        return false;
    }

    private int take(Pcpu cpu) {
        cpu.enter();
        try {
            if (row[WORD] == 0) {
                return -1;
            }
            int[] items = cpu.items;
            int zoneNumber = number;
            int top = items[zoneNumber] - 1;
            if (Integer.compareUnsigned(top, items.length) >= 0 || items[top] < 0) {
                return -1;
            }
            items[zoneNumber] = top;
            row[zoneNumber]++;
            return items[top];
        } finally {
            cpu.exit();
        }
    }

    private boolean put(Pcpu cpu, int item) {
        cpu.enter();
        try {
            if (row[WORD] == 0) {
                return false;
            }
            int[] items = cpu.items;
            int zoneNumber = number;
            int top = items[zoneNumber];
            if (Cache.isFull(top) || Integer.compareUnsigned(top, items.length) >= 0) {
                return false;
            }
            items[top] = item;
            items[zoneNumber] = top + 1;
            row[zoneNumber]++;
            return true;
        } finally {
            cpu.exit();
        }
    }
}
