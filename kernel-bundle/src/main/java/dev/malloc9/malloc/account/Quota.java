package dev.malloc9.malloc.account;

import dev.malloc9.vm.WaitQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A quota that counts bytes in use against a soft and a hard limit. If the hard limit is reached, requests that may wait are queued and
 * served in order of arrival.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: one atomic sum, and a queue of waiting requests.
 *   <li>Concurrency: a charge or refund that does not wait is one atomic operation. A refund then serves the {@link WaitQueue}, which loses
 *       no wake-up. The lock of the queue is never held while an event is reported. The {@code gather} action may run under the lock, and
 *       must not take it.
 *   <li>Invariants: a charge never raises the sum above the hard limit; {@link #count} may. A limit that is lowered below the sum only
 *       refuses further charges. A request that arrives while another one waits does not overtake it, even if it is smaller.
 *   <li>Cost: one atomic operation per charge or refund, repeated if another thread interferes.
 *   <li>Differs from BSD: FreeBSD has no limits on memory types. The limit of a UMA zone counts cached items as used, and wakes all
 *       sleeping threads.
 * </ul>
 */
public final class Quota {

    /** The value of a limit that is not set. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** The result of a charge. */
    public enum Outcome {
        /** The bytes are charged. */
        CHARGED,
        /** The bytes are not charged, and the caller may not wait: they do not fit now, or an earlier request is waiting. */
        REFUSED,
        /** The bytes are not charged, and the caller may wait: the request is larger than the hard limit, so that it can never fit. */
        TOO_LARGE,
        /** The bytes are not charged: the waiting thread was interrupted. The thread's interrupt status is set. */
        INTERRUPTED,

        /**
         * The bytes are not charged: the quota was closed while the request waited, or before it had to wait. A charge that fits at once
         * succeeds even after the close.
         */
        CLOSED
    }

    /** The action that refunds bytes which are charged and not in use. Also runs under the lock of the queue. */
    private final Runnable gather;

    private final SoftLimit soft;

    /** The number of charged bytes, including bytes that reservations hold in advance. */
    private final AtomicLong used = new AtomicLong();

    private final WaitQueue<Outcome> queue = new WaitQueue<>(this::outcomeNow);

    /** The hard limit in bytes, or {@link #UNLIMITED}. Written under the lock of the queue. */
    private volatile long hard = UNLIMITED;

    /** True once the owner has stopped. Guarded by the lock of the queue. */
    private boolean closed;

    /**
     * Creates a quota without limits.
     *
     * @param gather refunds the bytes that are charged and not in use; runs if a request does not fit, if a charge crosses the soft limit,
     *     and when the usage is read; must not take the lock of the queue
     * @param nanos the clock for the interval between two alarms, in nanoseconds
     */
    Quota(Runnable gather, LongSupplier nanos) {
        this.gather = gather;
        this.soft = new SoftLimit(nanos);
    }

    /**
     * Charges bytes, and waits for them if necessary.
     *
     * @param bytes the number of bytes
     * @param mayWait whether the caller may block; if false, the result is CHARGED or REFUSED
     */
    public Outcome charge(long bytes, boolean mayWait) {
        if (queue.waiting() == 0 && tryCharge(bytes)) {
            return Outcome.CHARGED;
        }
        if (!mayWait) {
            return Outcome.REFUSED;
        }
        return bytes > hard ? Outcome.TOO_LARGE : queue.await(bytes, Outcome.INTERRUPTED, () -> {});
    }

    /** Charges the bytes if they fit and no request is waiting, and returns whether it did. Never blocks. */
    boolean offer(long bytes) {
        return queue.waiting() == 0 && add(bytes);
    }

    /**
     * Counts bytes that are already in use or already freed, regardless of the limits. May raise the soft-limit alarm.
     *
     * @param bytes the number of bytes; a negative value is a refund
     */
    public void count(long bytes) {
        if (bytes < 0) {
            refund(-bytes);
        } else {
            soft.passed(used.addAndGet(bytes) - bytes, bytes);
        }
    }

    /** Refunds bytes, and serves waiting requests in order of arrival. */
    public void refund(long bytes) {
        used.addAndGet(-bytes);
        serveIfWaiting();
    }

    /**
     * Refunds bytes that were charged in advance and not used. Does not serve waiting requests and takes no lock, so that {@code gather}
     * can call it.
     */
    void refundQuietly(long bytes) {
        used.addAndGet(-bytes);
    }

    /** Serves waiting requests if the refunded bytes are now sufficient. Takes the lock only if a request is waiting. */
    void serveIfWaiting() {
        queue.serveIfWaiting();
    }

    /**
     * Sets the limits, and serves or refuses waiting requests accordingly. If the usage already exceeds the new soft limit, raises the
     * alarm.
     *
     * @param softBytes the soft limit in bytes, or {@link #UNLIMITED}
     * @param hardBytes the hard limit in bytes, or {@link #UNLIMITED}
     */
    public void limits(long softBytes, long hardBytes) {
        queue.change(() -> {
            hard = hardBytes;
            soft.at(softBytes, used());
        });
    }

    /** Closes the quota because its owner has stopped. All waiting requests end with {@link Outcome#CLOSED}. */
    public void close() {
        queue.change(() -> closed = true);
    }

    /** Returns the number of bytes in use, after gathering the bytes that are charged and not in use. */
    public long used() {
        gather.run();
        return used.get();
    }

    /**
     * Returns the number of bytes up to the next limit, at least 0. The next limit is the smaller one if the sum is not above the soft
     * limit, otherwise the hard limit.
     */
    long room() {
        long sum = used.get();
        long softBytes = soft.bytes();
        return Math.max(0, (sum <= softBytes ? Math.min(softBytes, hard) : hard) - sum);
    }

    /** Returns the number of waiting requests. */
    int waiting() {
        return queue.waiting();
    }

    /** Returns the soft limit in bytes, or {@link #UNLIMITED}. */
    public long soft() {
        return soft.bytes();
    }

    /** Returns the hard limit in bytes, or {@link #UNLIMITED}. */
    public long hard() {
        return hard;
    }

    /**
     * Returns true if the crossing of the soft limit is to be reported now, and clears the alarm. If the last report is less than 300 s
     * old, the alarm is cleared without a report.
     */
    public boolean takeAlarm() {
        return soft.takeAlarm();
    }

    /** Charges the bytes if they fit, if necessary after gathering unused bytes. Ignores waiting requests. */
    private boolean tryCharge(long bytes) {
        if (add(bytes)) {
            return true;
        }
        gather.run();
        return add(bytes);
    }

    /**
     * Charges the bytes if they fit under the hard limit. If the charge crosses the soft limit, gathers unused bytes, and raises the alarm
     * only if the charge still crosses the limit.
     */
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

    /**
     * Returns the result of a waiting request at this moment, or null if the request goes on waiting. Called under the lock of the queue.
     */
    private @Nullable Outcome outcomeNow(long bytes) {
        if (closed) {
            return Outcome.CLOSED;
        }
        if (bytes > hard) {
            return Outcome.TOO_LARGE;
        }
        return tryCharge(bytes) ? Outcome.CHARGED : null;
    }

    /** The soft limit and its alarm. Crossing the limit upwards raises the alarm; at most one alarm in 300 s is reported. */
    private static final class SoftLimit {

        /** The shortest interval between two reports: 300 s, as between two warnings of a FreeBSD zone. */
        private static final long QUIET_NANOS = 300_000_000_000L;

        private final LongSupplier nanos;
        private final AtomicBoolean alarm = new AtomicBoolean();
        private volatile long bytes = UNLIMITED;

        /** True if {@code told} is valid for the present limit. */
        private volatile boolean toldBefore;

        /** The time of the last report in nanoseconds of the clock. */
        private volatile long told;

        SoftLimit(LongSupplier nanos) {
            this.nanos = nanos;
        }

        long bytes() {
            return bytes;
        }

        /** Sets the limit and forgets earlier reports. If the usage is already above the new limit, the alarm is raised at once. */
        void at(long limit, long used) {
            bytes = limit;
            toldBefore = false;
            alarm.set(false);
            passed(0, used);
        }

        /**
         * Returns whether a charge crosses the limit upwards.
         *
         * @param sum the number of bytes in use before the charge
         * @param charged the number of bytes charged
         */
        boolean isPassed(long sum, long charged) {
            return sum <= bytes && sum + charged > bytes;
        }

        /** Raises the alarm if a charge crosses the limit upwards. */
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
