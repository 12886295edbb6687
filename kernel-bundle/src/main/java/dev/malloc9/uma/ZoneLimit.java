package dev.malloc9.uma;

import dev.malloc9.vm.KernelLock;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
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
 *
 * <p><b>Why no wake-up is lost.</b> A waiter stores {@code waiting} and then looks for a credit. A thread that returns a credit lowers
 * {@code used} and then reads {@code waiting}. All four accesses are volatile, so in their total order at least one of the two sees the
 * other. Either the waiter sees the credit, or the other thread sees the waiter and serves it under the lock.
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

    /** A thread that waits for a credit. */
    private static final class Waiter {
        private final Thread thread = Thread.currentThread();

        /** The result; null while the thread waits. Written under the lock of the limit. */
        private volatile @Nullable Outcome outcome;
    }

    /** The counter of waits, which belongs to the zone. */
    private final LongAdder sleeps;
    /** The number of credits that are taken. */
    private final AtomicLong used = new AtomicLong();

    private final KernelLock lock = new KernelLock();

    /** The waiters, the longest-waiting first. Guarded by {@code lock}. */
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

    /** The number of waiters. Written under {@code lock}. */
    private volatile int waiting;

    /** The limit. Written under {@code lock}. */
    private volatile long max;

    /** True once no request may wait any more. Guarded by {@code lock}. */
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
        lock.lock();
        try {
            max = other;
            serve();
        } finally {
            lock.unlock();
        }
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
        return waiting == 0 && takeFree();
    }

    /**
     * Takes a credit. If none is free, waits for one behind the earlier requests. If the thread is interrupted, its interrupt status stays
     * set. After {@link #close()} the method does not wait, but may still take a free credit.
     */
    public Outcome take() {
        if (tryTake()) {
            return Outcome.GRANTED;
        }
        Waiter waiter = new Waiter();
        Outcome outcome = queueUp(waiter);
        while (outcome == null) {
            LockSupport.park(this);
            outcome = Thread.interrupted() ? interrupted(waiter) : waiter.outcome;
        }
        return outcome;
    }

    /** Returns a credit. If requests are waiting, serves the first one. */
    public void give() {
        used.decrementAndGet();
        if (waiting > 0) {
            lock.lock();
            try {
                serve();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Ends the wait of all waiters with {@link Outcome#CLOSED}. From now on no request waits. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            for (Waiter waiter = waiters.pollFirst(); waiter != null; waiter = waiters.pollFirst()) {
                settle(waiter, Outcome.CLOSED);
            }
            waiting = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a waiter to the queue, and returns its result, or null if it must wait. */
    private @Nullable Outcome queueUp(Waiter waiter) {
        lock.lock();
        try {
            if (closed) {
                return Outcome.CLOSED;
            }
            waiters.addLast(waiter);
            waiting = waiters.size();
            serve();
            if (waiter.outcome == null) {
                sleeps.increment();
            }
            return waiter.outcome;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the wait of an interrupted thread, and sets its interrupt status again. If the thread has got a result meanwhile, the result is
     * valid.
     */
    private Outcome interrupted(Waiter waiter) {
        Thread.currentThread().interrupt();
        lock.lock();
        try {
            Outcome outcome = waiter.outcome;
            if (outcome != null) {
                return outcome;
            }
            waiters.remove(waiter);
            waiting = waiters.size();
            return Outcome.INTERRUPTED;
        } finally {
            lock.unlock();
        }
    }

    /** Grants the free credits to the waiters in their order. Called under {@code lock}. */
    private void serve() {
        while (!waiters.isEmpty() && takeFree()) {
            settle(waiters.removeFirst(), Outcome.GRANTED);
        }
        waiting = waiters.size();
    }

    /** Sets the result of a waiter that is in the queue no more, and wakes its thread. */
    private static void settle(Waiter waiter, Outcome outcome) {
        waiter.outcome = outcome;
        LockSupport.unpark(waiter.thread);
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
