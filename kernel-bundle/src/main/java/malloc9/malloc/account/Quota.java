package malloc9.malloc.account;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.function.LongSupplier;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * A budget counts bytes in use against a soft and a hard limit, and lets who finds it used up wait in turn.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: one atomic sum; a queue of those who wait.
 *   <li>Concurrency: charges and refunds without a wait are one atomic. A refund writes the sum and then reads {@code waiting},
 *       who waits writes {@code waiting} and then reads the sum: one of them sees the other, so no wake-up is lost.
 *       The lock is never held while events are told.
 *   <li>Invariants: a charge never takes the sum above the hard limit; a limit that was lowered below the sum only refuses. Nobody
 *       overtakes who waits, not even a smaller request.
 *   <li>Cost: an atomic addition each way.
 *   <li>Differs from BSD: there are no limits on types there; a zone's limit counts cached items as used, and wakes all
 *       who sleep.
 * </ul>
 */
public final class Quota {

    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** What became of a charge. */
    public enum Outcome {
        CHARGED,
        /** It does not fit now. */
        REFUSED,
        /** It can never fit. */
        TOO_LARGE,
        /** The waiting thread was interrupted; its interrupt status is set. */
        INTERRUPTED,
        /** The budget's owner has stopped. */
        CLOSED
    }

    private final Runnable gather;
    private final SoftLimit soft;
    private final AtomicLong used = new AtomicLong();
    private final KernelLock lock = new KernelLock();

    /** First come first served. Guarded by lock. */
    private final ArrayDeque<Waiter> queue = new ArrayDeque<>();

    /** The queue's length. Written under lock. */
    private volatile int waiting;

    private volatile long hard = UNLIMITED;

    /** Guarded by lock. */
    private boolean closed;

    private static final class Waiter {
        final long bytes;
        final Condition served;

        /** Guarded by lock. */
        @Nullable
        Outcome outcome;

        Waiter(long bytes, Condition served) {
            this.bytes = bytes;
            this.served = served;
        }
    }

    /**
     * A budget without limits.
     *
     * @param gather refunds what is charged but not in use, before anybody is refused
     */
    Quota(Runnable gather, LongSupplier nanos) {
        this.gather = gather;
        this.soft = new SoftLimit(nanos);
    }

    /** Charges bytes, waiting for them if need be. */
    public Outcome charge(long bytes, boolean mayWait) {
        if (waiting == 0 && tryCharge(bytes)) {
            return Outcome.CHARGED;
        }
        if (!mayWait) {
            return Outcome.REFUSED;
        }
        return bytes > hard ? Outcome.TOO_LARGE : await(bytes);
    }

    /** Charges bytes that fit; a caller who does not wait and does not insist. */
    boolean offer(long bytes) {
        return waiting == 0 && add(bytes);
    }

    /** Counts bytes that are in use already, whatever the limits; negative ones are no longer. */
    public void count(long bytes) {
        if (bytes < 0) {
            refund(-bytes);
        } else {
            soft.passed(used.addAndGet(bytes) - bytes, bytes);
        }
    }

    /** Gives bytes back, to who waits for them first. */
    public void refund(long bytes) {
        used.addAndGet(-bytes);
        serveIfWaiting();
    }

    /** Gives bytes back that were charged and never used; for who gathers. */
    void refundQuietly(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Serves who waits, if what is gathered is enough now. */
    void serveIfWaiting() {
        if (waiting > 0) {
            lock.lock();
            try {
                serve();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Sets the limits, in bytes or {@link #UNLIMITED}. */
    public void limits(long softBytes, long hardBytes) {
        lock.lock();
        try {
            hard = hardBytes;
            soft.at(softBytes, used());
            serve();
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of all who wait; its owner has stopped. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            serve();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes in use. */
    public long used() {
        gather.run();
        return used.get();
    }

    /** Bytes up to the next limit, at least 0. */
    long room() {
        long sum = used.get();
        long softBytes = soft.bytes();
        return Math.max(0, (sum <= softBytes ? Math.min(softBytes, hard) : hard) - sum);
    }

    /** How many wait. */
    int waiting() {
        return waiting;
    }

    public long soft() {
        return soft.bytes();
    }

    public long hard() {
        return hard;
    }

    /** Whether somebody is to be told now that the soft limit was passed; true once. */
    public boolean takeAlarm() {
        return soft.takeAlarm();
    }

    private boolean tryCharge(long bytes) {
        if (add(bytes)) {
            return true;
        }
        gather.run();
        return add(bytes);
    }

    private boolean add(long bytes) {
        long sum;
        do {
            sum = used.get();
            if (sum > hard - bytes) {
                return false;
            }
        } while (!used.compareAndSet(sum, sum + bytes));
        if (soft.isPassed(sum, bytes)) {
            gather.run();
            soft.passed(used.get() - bytes, bytes);
        }
        return true;
    }

    private Outcome await(long bytes) {
        lock.lock();
        try {
            Waiter waiter = new Waiter(bytes, lock.newCondition());
            queue.addLast(waiter);
            waiting = queue.size();
            serve();
            while (waiter.outcome == null) {
                try {
                    waiter.served.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    if (waiter.outcome == null) {
                        waiter.outcome = Outcome.INTERRUPTED;
                        queue.remove(waiter);
                        serve();
                    }
                }
            }
            return waiter.outcome;
        } finally {
            lock.unlock();
        }
    }

    /** Serves who waits as far as it goes, the first one first. Under lock. */
    private void serve() {
        for (Waiter first = queue.peekFirst(); first != null; first = queue.peekFirst()) {
            Outcome outcome = outcomeNow(first.bytes);
            if (outcome == Outcome.REFUSED) {
                break;
            }
            queue.removeFirst();
            first.outcome = outcome;
            first.served.signal();
        }
        waiting = queue.size();
    }

    private Outcome outcomeNow(long bytes) {
        if (closed) {
            return Outcome.CLOSED;
        }
        if (bytes > hard) {
            return Outcome.TOO_LARGE;
        }
        return tryCharge(bytes) ? Outcome.CHARGED : Outcome.REFUSED;
    }

    /** The soft limit, and whether it is time to tell that it was passed. */
    private static final class SoftLimit {

        /** As between two warnings of a FreeBSD zone: 300 s. */
        private static final long QUIET_NANOS = 300_000_000_000L;

        private final LongSupplier nanos;
        private final AtomicBoolean alarm = new AtomicBoolean();
        private volatile long bytes = UNLIMITED;
        private volatile boolean toldBefore;
        private volatile long told;

        SoftLimit(LongSupplier nanos) {
            this.nanos = nanos;
        }

        long bytes() {
            return bytes;
        }

        /** A new limit is told anew; one that is passed already at once. */
        void at(long limit, long used) {
            bytes = limit;
            toldBefore = false;
            alarm.set(false);
            passed(0, used);
        }

        boolean isPassed(long sum, long charged) {
            return sum <= bytes && sum + charged > bytes;
        }

        void passed(long sum, long charged) {
            if (isPassed(sum, charged)) {
                alarm.set(true);
            }
        }

        boolean takeAlarm() {
            if (!alarm.get() || !alarm.compareAndSet(true, false)) {
                return false;
            }
            long now = nanos.getAsLong();
            if (toldBefore && now - told < QUIET_NANOS) {
                return false;
            }
            toldBefore = true;
            told = now;
            return true;
        }
    }
}
