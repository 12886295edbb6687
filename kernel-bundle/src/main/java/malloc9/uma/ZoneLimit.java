package malloc9.uma;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * A limit is the number of items of a zone that may be in use, and the queue of those who wait for one.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a number of credits taken; waiters, the longest-waiting first.
 *   <li>Concurrency: a credit is taken and given by an atomic, the queue is guarded by a lock. Who finds somebody waiting
 *       queues up behind, or fails: credits that come free go to the head of the queue.
 *   <li>Invariants: never more credits taken than {@code max}, but after max was lowered.
 *   <li>Cost: an atomic an operation; a zone without a limit has none of this.
 *   <li>Differs from BSD: items in use count, not those in caches; waiters are served in their order, one for each item, where
 *       BSD wakes all; each wait counts as a sleep (BSD's single-keg path forgot).
 * </ul>
 *
 * <p><b>Why no wake-up is lost.</b> A waiter stores {@code waiting} and then looks for a credit; who gives one back lowers
 * {@code used} and then looks at {@code waiting}. All four are volatile, so in their total order at least one of the two
 * sees the other: the waiter the credit, or the giver the waiter, whom it serves under the lock.
 */
public final class ZoneLimit {

    /** How a request for a credit ended. */
    public enum Outcome {
        /** The credit is the caller's. */
        GRANTED,
        /** The caller was interrupted while it waited. */
        INTERRUPTED,
        /** The zone goes. */
        CLOSED
    }

    private static final class Waiter {
        private final Thread thread = Thread.currentThread();

        /** Written under the limit's lock. */
        private volatile @Nullable Outcome outcome;
    }

    private final LongAdder sleeps;
    private final AtomicLong used = new AtomicLong();
    private final KernelLock lock = new KernelLock();

    /** Guarded by lock. */
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

    /** How many they are. Written under lock. */
    private volatile int waiting;

    private volatile long max;

    /** Guarded by lock. */
    private boolean closed;

    /**
     * A limit of which nothing is used yet.
     *
     * @param sleeps counts the waits
     */
    public ZoneLimit(long max, LongAdder sleeps) {
        this.max = max;
        this.sleeps = sleeps;
    }

    /** The limit. */
    public long max() {
        return max;
    }

    /** Credits taken. */
    public long used() {
        return used.get();
    }

    /** Replaces the limit; whom it lets in now gets in. */
    public void max(long other) {
        lock.lock();
        try {
            max = other;
            serve();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the credits of what is in use already, whatever the limit. */
    public void charge(long items) {
        used.addAndGet(items);
    }

    /** Takes a credit if there is one that nobody waits for. */
    public boolean tryTake() {
        return waiting == 0 && takeFree();
    }

    /** Takes a credit, waiting for it behind those who came before. */
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

    /** Gives a credit back. */
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

    /** Sends all waiters away; nobody will wait again. */
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

    /** The interrupt status is for the caller to keep; who has got a credit meanwhile has it. */
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

    private void serve() {
        while (!waiters.isEmpty() && takeFree()) {
            settle(waiters.removeFirst(), Outcome.GRANTED);
        }
        waiting = waiters.size();
    }

    private static void settle(Waiter waiter, Outcome outcome) {
        waiter.outcome = outcome;
        LockSupport.unpark(waiter.thread);
    }

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
