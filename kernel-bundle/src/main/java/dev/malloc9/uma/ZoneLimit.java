package dev.malloc9.uma;

import dev.malloc9.vm.WaitQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A limit for the number of a zone's items that may be in use, with a queue of waiting requests. Each item in use holds one credit.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: the number of credits that are taken; a queue of waiters, the longest-waiting first.
 *   <li>Concurrency: a credit is taken and returned by an atomic operation; the queue is guarded by a lock. If another request is waiting,
 *       a new request joins the end of the queue, or fails. A credit that becomes free goes to the head of the queue.
 *   <li>Invariants: at most {@code max} credits are taken, unless {@code max} was lowered or {@link #charge} took more.
 *   <li>Cost: one atomic operation for each allocation and each free; a zone without a limit does not use this class.
 *   <li>Differs from BSD: items in use count, and items in caches do not. Waiters are served in their order, one for each item, where BSD
 *       wakes all. Each wait counts as a sleep; the single-keg path of BSD does not count it.
 * </ul>
 */
public final class ZoneLimit {

    /** The result of a request for a credit. */
    public enum Outcome {
        /** The caller has got the credit. */
        GRANTED,
        /** The caller was interrupted while it waited, and has no credit. */
        INTERRUPTED,
        /** The zone is being closed, and the caller has no credit. */
        CLOSED
    }

    /** The counter of waits, which belongs to the zone. */
    private final LongAdder sleeps;
    /** The number of credits that are taken. */
    private final AtomicLong used = new AtomicLong();

    private final WaitQueue<Outcome> waiters = new WaitQueue<>(share -> serve());

    /** The limit. Written under the lock of the queue. */
    private volatile long max;

    /** True once no request may wait any more. Guarded by the lock of the queue. */
    private boolean closed;

    /**
     * Creates a limit of which no credit is taken.
     *
     * @param max the number of items that may be in use
     * @param sleeps the counter of waits
     */
    public ZoneLimit(long max, LongAdder sleeps) {
        this.max = max;
        this.sleeps = sleeps;
    }

    /** Returns the limit. */
    public long max() {
        return max;
    }

    /** Returns the number of credits that are taken. */
    public long used() {
        return used.get();
    }

    /**
     * Replaces the limit, and serves the waiters that it admits now. If the new limit is lower than the number of credits that are taken,
     * no credit is granted until enough are returned.
     *
     * @param other the number of items that may be in use; {@code Long.MAX_VALUE} for no limit
     */
    public void max(long other) {
        waiters.change(() -> max = other);
    }

    /**
     * Takes credits for items that are in use already, even if they exceed the limit.
     *
     * @param items the number of items
     */
    public void charge(long items) {
        used.addAndGet(items);
    }

    /** Takes a credit if one is free and no other request waits, and returns whether it did. Never blocks. */
    public boolean tryTake() {
        return waiters.waiting() == 0 && takeFree();
    }

    /**
     * Takes a credit. If none is free or other requests wait, waits for one behind the earlier requests. If the thread is interrupted, its
     * interrupt status stays set. After {@link #close()} the method does not wait, but may still take a free credit.
     */
    public Outcome take() {
        return tryTake() ? Outcome.GRANTED : waiters.await(1, Outcome.INTERRUPTED, sleeps::increment);
    }

    /** Returns a credit. If requests are waiting, serves the first one. */
    public void give() {
        used.decrementAndGet();
        waiters.serveIfWaiting();
    }

    /** Ends the wait of all waiters with {@link Outcome#CLOSED}. From now on no request waits. */
    public void close() {
        waiters.change(() -> closed = true);
    }

    /** Returns the result of a waiting request at this moment, or null if it goes on waiting. Called under the lock of the queue. */
    private @Nullable Outcome serve() {
        if (closed) {
            return Outcome.CLOSED;
        }
        return takeFree() ? Outcome.GRANTED : null;
    }

    /** Takes a credit if fewer than {@code max} are taken, and returns whether it did. */
    private boolean takeFree() {
        while (true) {
            long now = used.get();
            if (now >= max) {
                return false;
            }
            if (used.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }
}
