package dev.malloc9.malloc.account;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A type's advance share of its module's quota. Because it is drawn in advance, the types of a module access the common quota only once in
 * many requests.
 *
 * <p>The smaller the room up to the next limit, the smaller the share. If the room is less than 64 times a request, or the request exceeds
 * 64 KiB, nothing is drawn in advance. Bytes in reservations are gathered before a request is refused, so that the limit is exact.
 */
public final class Reservation {

    /** The largest number of bytes that stay in the reservation. */
    private static final long MOST = 64 << 10;

    /** The binary logarithm of the fraction of the room that is drawn at once: 1/64. */
    private static final int PART_SHIFT = 6;

    /** The quota of the module. */
    private final Quota quota;

    /** The number of bytes that are charged to the module and not in use. */
    private final AtomicLong bytes = new AtomicLong();

    /** Creates an empty reservation of a module's quota. */
    public Reservation(Quota quota) {
        this.quota = quota;
    }

    /**
     * Charges bytes to the module, from the reservation if it holds enough. Otherwise draws the bytes and a new share from the quota. If
     * that is not possible, charges the quota, which may block.
     *
     * @param wanted the number of bytes
     * @param mayWait whether the caller may block
     */
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

    /**
     * Refunds bytes. They stay in the reservation if they are at most 1/64 of the room up to the next limit; otherwise they return to the
     * quota. If the reservation then exceeds 64 KiB, or a request is waiting at the quota, all of it returns.
     */
    public void refund(long unused) {
        if (unused > quota.room() >>> PART_SHIFT) {
            quota.refund(unused);
        } else {
            put(unused);
        }
    }

    /** Returns all bytes of the reservation to the quota. Takes no lock and serves no waiting request. */
    public void gather() {
        long unused = bytes.getAndSet(0);
        if (unused > 0) {
            quota.refundQuietly(unused);
        }
    }

    /**
     * Adds bytes to the reservation. If it then exceeds {@code MOST}, or a request is waiting, returns all of it to the quota and serves
     * waiting requests.
     *
     * <p>A waiting request first makes itself visible in the quota and then gathers. This method first adds the bytes and then looks for a
     * waiting request, so that one of the two finds the bytes.
     */
    private void put(long unused) {
        if (bytes.addAndGet(unused) > MOST || quota.waiting() > 0) {
            gather();
            quota.serveIfWaiting();
        }
    }
}
