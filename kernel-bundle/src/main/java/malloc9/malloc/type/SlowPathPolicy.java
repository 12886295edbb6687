package malloc9.malloc.type;

import static malloc9.api.MallocFlags.M_NOWAIT;

import java.util.concurrent.atomic.AtomicLong;
import malloc9.api.InterruptedRequest;
import malloc9.api.InvalidRequest;
import malloc9.malloc.account.Quota;
import malloc9.malloc.account.Counters;
import malloc9.malloc.account.Reservation;
import malloc9.malloc.account.Rows;
import org.jspecify.annotations.Nullable;

/**
 * A watch stands between a type and the fast path: for limits, failures on purpose, the profile of sizes, and zones of another
 * set. The word of a type that is watched is shut ({@link MallocTypeInternal#gate()}), so that all its requests take the slow
 * path, and there they find this.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: rows of counters of its own; while a type is watched its former rows are at rest.
 *   <li>Concurrency: a request asks for admission first, which may wait, and looks in its critical section whether the type is
 *       still watched as it was; if not it starts again. After {@link malloc9.pcpu.Cpus#quiesce} therefore every block that
 *       changes hands is charged or refunded here, and the former rows say exactly what was in use before: that is added
 *       with {@link #start}.
 *   <li>Invariants: the budget's sum is what the type has in use, plus what was admitted and is not yet handed out.
 *   <li>Cost: two atomics a request, and some more for the module's budget once in many.
 *   <li>Differs from BSD: all of this is compiled into special kernels there.
 * </ul>
 */
public final class SlowPathPolicy {

    /** The counters while the type is watched. Added to under the type's lock. */
    long[] @Nullable [] rows = Rows.NONE;

    private final MallocTypeInternal type;
    private final KernelPolicy kernel;
    private final Reservation reservation;
    private final AtomicLong blocks = new AtomicLong();

    /** What the type's own rows said when the watch last began. Guarded by the lock of {@link KernelPolicy}. */
    private long startBytes;

    private long startBlocks;

    SlowPathPolicy(MallocTypeInternal type, KernelPolicy kernel) {
        this.type = type;
        this.kernel = kernel;
        this.reservation = type.reservation;
    }

    /** Counts what was in use before the watch began, by the type's own rows at rest. Under the lock of {@link KernelPolicy}. */
    void start(Counters before) {
        long bytes = before.bytes() - startBytes;
        startBytes += bytes;
        blocks.addAndGet(before.blocks() - startBlocks);
        startBlocks = before.blocks();
        type.limits.quota.count(bytes);
        type.owner.limits.quota.count(bytes);
    }

    /**
     * Whether a request may go on; it is charged then. Waits where the flags allow it; outside all sections and locks.
     *
     * @param bytes as requested
     * @param accounted as it will count
     */
    public boolean admit(long bytes, long accounted, long flags) {
        if ((flags & M_NOWAIT) != 0
                && (kernel.failures.fails() || type.owner.limits.failures.fails() || type.limits.failures.fails())) {
            return false;
        }
        kernel.profile.count(bytes);
        return admitAgain(bytes, accounted, flags);
    }

    /** The same of a request that was admitted before, and goes another way: neither chance nor the profile knows of it again. */
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

    /** A request that was admitted has got its block. */
    public void allocated() {
        type.highWater.raise(type.limits.quota.used(), blocks.incrementAndGet());
    }

    /** Another allocator's memory, which is counted but not refused. */
    void allocatedElsewhere(long bytes) {
        type.limits.quota.count(bytes);
        type.owner.limits.quota.count(bytes);
        allocated();
        tellSoftLimits();
    }

    /** Another allocator has taken memory back. */
    void freedElsewhere(long bytes) {
        blocks.decrementAndGet();
        type.limits.quota.count(-bytes);
        type.owner.limits.quota.count(-bytes);
    }

    /** A request that was admitted got nothing. */
    public void refund(long accounted) {
        type.limits.quota.refund(accounted);
        reservation.refund(accounted);
    }

    /** A block was given back. */
    public void freed(long accounted) {
        blocks.decrementAndGet();
        refund(accounted);
    }

    private void tellSoftLimits() {
        kernel.tellSoftLimit(type.owner, type.name, type.limits.quota);
        kernel.tellSoftLimit(type.owner, null, type.owner.limits.quota);
    }

    private boolean refused(Quota.Outcome outcome, long bytes) {
        return switch (outcome) {
            case INTERRUPTED -> throw new InterruptedRequest(TypeMessages.interrupted("malloc", bytes, type.name));
            case CLOSED -> throw type.unregistered("malloc");
            case TOO_LARGE ->
                throw new InvalidRequest(TypeMessages.aboveLimit("malloc", bytes, type.name, hardLimit()));
            case CHARGED, REFUSED -> false;
        };
    }

    private long hardLimit() {
        return Math.min(type.limits.quota.hard(), type.owner.limits.quota.hard());
    }
}
