package dev.malloc9.malloc.type;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;

import dev.malloc9.api.InterruptedRequest;
import dev.malloc9.api.InvalidRequest;
import dev.malloc9.malloc.account.Counters;
import dev.malloc9.malloc.account.Quota;
import dev.malloc9.malloc.account.Reservation;
import dev.malloc9.malloc.account.Rows;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The policy of a memory type whose requests must take the slow path. Reasons are limits, injected failures, the size profile, a level
 * above R, MemGuard, probes, and zones of another set ({@link KernelPolicy#wants}). While a type has a policy, its gate is closed
 * ({@link MallocTypeInternal#gate()}).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: counters of its own. While the policy is active, the counters without a policy do not change.
 *   <li>Concurrency: a request is admitted first, which may block. In its critical section it then checks that the same policy is still
 *       active, and starts again if it is not. After {@link dev.malloc9.pcpu.Cpus#quiesce}, every malloc and free is therefore charged or
 *       refunded here. The counters without a policy then show the usage before the policy began; {@link #start} adds it.
 *   <li>Invariants: the quota's sum is the usage of the type plus the requests that are admitted and not yet served.
 *   <li>Cost: three atomic updates per request; once in many requests some more for the module's quota.
 *   <li>Differs from BSD: FreeBSD compiles each of these features into a special kernel.
 * </ul>
 */
public final class SlowPathPolicy {

    /** The counters of the requests under this policy, by CPU. Replaced under the type's lock. */
    long[] @Nullable [] rows = Rows.NONE;

    private final MallocTypeInternal type;
    private final KernelPolicy kernel;
    private final Reservation reservation;

    /** The number of blocks in use. While the policy is not active, the number is not up to date. */
    private final AtomicLong blocks = new AtomicLong();

    /**
     * The bytes in use that the counters without a policy showed at the last {@link #start}. Guarded by the lock of {@link KernelPolicy}.
     */
    private long startBytes;

    /**
     * The blocks in use that the counters without a policy showed at the last {@link #start}. Guarded by the lock of {@link KernelPolicy}.
     */
    private long startBlocks;

    SlowPathPolicy(MallocTypeInternal type, KernelPolicy kernel) {
        this.type = type;
        this.kernel = kernel;
        this.reservation = type.reservation;
    }

    /**
     * Starts the policy: adds the change in usage that the counters without a policy show since the last start. The caller holds the lock
     * of {@link KernelPolicy}, and has quiesced.
     *
     * @param before the counters without a policy
     */
    void start(Counters before) {
        long bytes = before.bytes() - startBytes;
        startBytes += bytes;
        blocks.addAndGet(before.blocks() - startBlocks);
        startBlocks = before.blocks();
        type.limits.quota.count(bytes);
        type.owner.limits.quota.count(bytes);
    }

    /**
     * Admits a request and charges it. Blocks if a limit is reached and the flags allow it; the caller is outside all critical sections and
     * locks. Counts the request in the size profile, unless a failure is injected. Reports the crossing of a soft limit.
     *
     * @param bytes the requested size in bytes
     * @param accounted the size in bytes that is charged
     * @param flags the flags of the request; with M_NOWAIT the method never blocks, and injected failures apply
     * @return false if a request with M_NOWAIT is refused, by a limit or by failure injection
     * @throws InterruptedRequest if the thread is interrupted while it waits
     * @throws InvalidRequest if the request may wait and is larger than a hard limit
     * @throws dev.malloc9.api.UnregisteredType if the request would have to wait and the owner has stopped, or stops while it waits
     */
    public boolean admit(long bytes, long accounted, long flags) {
        if ((flags & M_NOWAIT) != 0
                && (kernel.failures.fails() || type.owner.limits.failures.fails() || type.limits.failures.fails())) {
            return false;
        }
        kernel.profile.count(bytes);
        return admitAgain(bytes, accounted, flags);
    }

    /**
     * Admits a request once more that was admitted before and takes another path. Does not count the request in the size profile again, and
     * injects no failure. Otherwise as {@link #admit}.
     */
    public boolean admitAgain(long bytes, long accounted, long flags) {
        boolean nowait = (flags & M_NOWAIT) != 0;
        Quota.Outcome outcome = type.limits.quota.charge(accounted, !nowait);
        if (outcome == Quota.Outcome.CHARGED) {
            outcome = reservation.charge(accounted, !nowait);
            if (outcome == Quota.Outcome.CHARGED) {
                tellSoftLimits();
                return true;
            }
            type.limits.quota.refund(accounted);
        }
        return refused(outcome, bytes);
    }

    /** Records that an admitted request was served, and updates the high-water marks. */
    public void allocated() {
        type.highWater.raise(type.limits.quota.used(), blocks.incrementAndGet());
    }

    /** Records memory that another allocator has allocated, as one block. The bytes are counted beyond any limit, and never refused. */
    void allocatedElsewhere(long bytes) {
        type.limits.quota.count(bytes);
        type.owner.limits.quota.count(bytes);
        allocated();
        tellSoftLimits();
    }

    /** Records memory that another allocator has freed. */
    void freedElsewhere(long bytes) {
        blocks.decrementAndGet();
        type.limits.quota.count(-bytes);
        type.owner.limits.quota.count(-bytes);
    }

    /** Refunds an admitted request that was not served. */
    public void refund(long accounted) {
        type.limits.quota.refund(accounted);
        reservation.refund(accounted);
    }

    /** Records that a block was freed, and refunds its bytes. */
    public void freed(long accounted) {
        blocks.decrementAndGet();
        refund(accounted);
    }

    /** Reports the crossing of the soft limit of the type and of its owner, if a report is due. */
    private void tellSoftLimits() {
        kernel.tellSoftLimit(type.owner, type.name, type.limits.quota);
        kernel.tellSoftLimit(type.owner, null, type.owner.limits.quota);
    }

    /** Returns false, or throws the error that belongs to a charge that has failed. */
    private boolean refused(Quota.Outcome outcome, long bytes) {
        return switch (outcome) {
            case INTERRUPTED -> throw new InterruptedRequest(TypeMessages.interrupted("malloc", bytes, type.name));
            case CLOSED -> throw type.unregistered("malloc");
            case TOO_LARGE ->
                throw new InvalidRequest(TypeMessages.aboveLimit("malloc", bytes, type.name, hardLimit()));
            case CHARGED, REFUSED -> false;
        };
    }

    /** Returns the smaller of the hard limits of the type and its owner, in bytes. */
    private long hardLimit() {
        return Math.min(type.limits.quota.hard(), type.owner.limits.quota.hard());
    }
}
