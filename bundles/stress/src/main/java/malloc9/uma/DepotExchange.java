package malloc9.uma;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Buckets that are fetched and put back while the depot is drained: each item comes back to its source once. */
@JCStressTest
@State
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "each item had one holder, and came back once")
@Outcome(expect = FORBIDDEN, desc = "an item had two holders, was lost or came back twice")
public class DepotExchange {

    private static final int ITEMS = 6;

    /** Two items a bucket. */
    private static final long ITEM_BYTES = 64 << 10;

    private final CountedItems source = new CountedItems(ITEMS);
    private final Zone zone = source.zone(ITEM_BYTES);

    /** By item: who has it. Plain: only its holder writes. */
    private final int[] holders = new int[ITEMS];

    /** One bucket lies in the depot. */
    public DepotExchange() {
        Bucket bucket = zone.fullBucket(0, 0);
        if (bucket != null) {
            zone.put(0, bucket);
        }
    }

    /** Fetches and puts. */
    @Actor
    public void first(II_Result result) {
        result.r1 += exchange(1) + exchange(1);
    }

    /** Fetches and puts. */
    @Actor
    public void second(II_Result result) {
        result.r2 += exchange(2) + exchange(2);
    }

    /** Drains. */
    @Actor
    public void drain() {
        zone.drain();
    }

    /** What was wrong with the items once all have gone back. */
    @Arbiter
    public void settle(II_Result result) {
        zone.drain();
        result.r1 += source.wrong();
    }

    /** How many items somebody else had too. */
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
