package dev.malloc9.uma;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A race test of the depot: two threads take buckets and put them back while a third one drains the depot. Each item must return to its
 * source once.
 */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "each item had one holder, and came back once")
@Outcome(expect = FORBIDDEN, desc = "an item had two holders, was lost or came back twice")
public class DepotExchange {

    private static final int ITEMS = 6;

    /** The pretended size of an item in bytes, with which a bucket has two items. */
    private static final long ITEM_BYTES = 64 << 10;

    private final CountedItems source = new CountedItems(ITEMS);
    private final UmaZone zone = source.zone(ITEM_BYTES);

    /** The holder of each item; 0 if there is none. The entries are plain, since only the holder writes them. */
    private final int[] holders = new int[ITEMS];

    /** Puts one bucket into the depot. */
    public DepotExchange() {
        Bucket bucket = zone.fullBucket(0, 0);
        if (bucket != null) {
            zone.put(0, bucket);
        }
    }

    /** Exchanges buckets twice. */
    @Actor
    public void first(II_Result result) {
        result.r1 += exchange(1) + exchange(1);
    }

    /** Exchanges buckets twice. */
    @Actor
    public void second(II_Result result) {
        result.r2 += exchange(2) + exchange(2);
    }

    /** Drains the depot. */
    @Actor
    public void drain() {
        zone.drain();
    }

    /** Drains the depot at the end, and adds the number of items that were not released exactly once. */
    @Arbiter
    public void settle(II_Result result) {
        zone.drain();
        result.r1 += source.wrong();
    }

    /**
     * Takes a bucket and puts it back. Returns the number of its items that another thread held at the same time; 0 if there was no bucket.
     */
    private int exchange(int who) {
        @Nullable Bucket bucket = zone.fullBucket(who, 0);
        if (bucket == null) {
            return 0;
        }
        int shared = 0;
        for (int i = 0; i < bucket.count; i++) {
            holders[bucket.items[i]] = who;
        }
        for (int i = 0; i < bucket.count; i++) {
            shared += holders[bucket.items[i]] == who ? 0 : 1;
            holders[bucket.items[i]] = 0;
        }
        zone.put(who, bucket);
        return shared;
    }
}
