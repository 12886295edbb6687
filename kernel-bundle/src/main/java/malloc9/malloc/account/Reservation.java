package malloc9.malloc.account;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A type's share of its module's budget, drawn in advance so that the types of a module meet there once in many requests.
 *
 * <p>The nearer the limit, the smaller the share: within 64 requests of it nothing is drawn in advance. What lies here is
 * gathered back before anybody is refused, so that the limit is exact.
 */
public final class Reservation {

    /** Most bytes that lie here. */
    private static final long MOST = 64 << 10;

    /** Log2 of the part of the room that is drawn at once. */
    private static final int PART_SHIFT = 6;

    private final Quota quota;
    private final AtomicLong bytes = new AtomicLong();

    public Reservation(Quota quota) {
        this.quota = quota;
    }

    /** Charges bytes to the module, out of what lies here where possible. */
    public Quota.Outcome charge(long wanted, boolean mayWait) {
        for (long have = bytes.get(); have >= wanted; have = bytes.get()) {
            if (bytes.compareAndSet(have, have - wanted)) {
                return Quota.Outcome.CHARGED;
            }
        }
        long more = Math.min(MOST, quota.room() >>> PART_SHIFT);
        if (more >= wanted && quota.offer(wanted + more)) {
            put(more);
            return Quota.Outcome.CHARGED;
        }
        return quota.charge(wanted, mayWait);
    }

    /** Gives bytes back; they stay here only far from the limit. */
    public void refund(long unused) {
        if (unused > quota.room() >>> PART_SHIFT) {
            quota.refund(unused);
        } else {
            put(unused);
        }
    }

    /** Gives everything back that lies here. */
    public void gather() {
        long unused = bytes.getAndSet(0);
        if (unused > 0) {
            quota.refundQuietly(unused);
        }
    }

    /** Who waits writes that he does and then gathers; whoever puts bytes here looks afterwards whether somebody waits. */
    private void put(long unused) {
        if (bytes.addAndGet(unused) > MOST || quota.waiting() > 0) {
            gather();
            quota.serveIfWaiting();
        }
    }
}
