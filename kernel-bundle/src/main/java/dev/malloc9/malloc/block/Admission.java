package dev.malloc9.malloc.block;

import dev.malloc9.debug.memguard.MemGuard;
import dev.malloc9.malloc.account.LastFailure;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.SlowPathPolicy;
import dev.malloc9.malloc.type.TypeProbes;
import dev.malloc9.uma.Slab;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request through the {@link SlowPathPolicy} of its type. The policy admits and charges the request, then an attempt is made.
 * If the attempt finds no block or throws, the charge is refunded. If the type has no policy, the attempt is made at once.
 *
 * <p>If the type's policy changes between admission and attempt, the request starts again with its admission. Thread-safe.
 */
public final class Admission {

    /** The result of an attempt: the type's policy has changed, and the request must start again. */
    public static final long CHANGED = -1;

    /** The result of an attempt: MemGuard has no block for the request, and the caller must make another attempt without MemGuard. */
    public static final long UNGUARDED = -2;

    private final LastFailure lastFailure;
    private final TypeProbes probes;

    public Admission(LastFailure lastFailure, TypeProbes probes) {
        this.lastFailure = lastFailure;
        this.probes = probes;
    }

    /**
     * An attempt to allocate a block under a policy, or under none. It returns the block's address, 0 if there is no memory,
     * {@link #CHANGED} if the type's policy is another one now, or {@link #UNGUARDED} if MemGuard has no block.
     */
    public interface Attempt {
        long under(@Nullable SlowPathPolicy watch);
    }

    /**
     * Allocates a block if the type's policy admits the request. The admission may block unless the flags have M_NOWAIT. Exceptions of
     * {@link SlowPathPolicy#admit} and of the attempt are passed on.
     *
     * @param bytes the requested size in bytes
     * @param accounted the size in bytes that is charged
     * @return the result of the attempt, but never {@link #CHANGED}; 0 if the policy refuses an M_NOWAIT request
     */
    public long under(MallocTypeInternal type, long bytes, long accounted, long flags, Attempt attempt) {
        return under(type, bytes, accounted, flags, false, attempt);
    }

    /**
     * Allocates a block as {@link #under(MallocTypeInternal, long, long, long, Attempt)} does.
     *
     * @param again whether the request was admitted before, for an attempt that did not serve it: it is not counted in the profile again,
     *     and no failure is injected
     */
    public long under(MallocTypeInternal type, long bytes, long accounted, long flags, boolean again, Attempt attempt) {
        while (true) {
            SlowPathPolicy watch = type.watch();
            long address =
                    watch == null ? attempt.under(null) : watched(type, watch, bytes, accounted, flags, again, attempt);
            if (address != CHANGED) {
                return address;
            }
        }
    }

    private long watched(
            MallocTypeInternal type,
            SlowPathPolicy watch,
            long bytes,
            long accounted,
            long flags,
            boolean again,
            Attempt attempt) {
        if (!(again ? watch.admitAgain(bytes, accounted, flags) : watch.admit(bytes, accounted, flags))) {
            return none();
        }
        long address = 0;
        try {
            address = attempt.under(watch);
        } finally {
            if (isNone(address)) {
                watch.refund(accounted);
            }
        }
        if (!isNone(address)) {
            watch.allocated();
            probes.allocated(type, bytes, accounted, MemGuard.unmark(address));
        }
        return address;
    }

    private static boolean isNone(long address) {
        return address == 0 || address == CHANGED || address == UNGUARDED;
    }

    /** Records the time of a failed request (malloc_last_fail), and returns 0. */
    long none() {
        lastFailure.stamp();
        return 0;
    }

    /**
     * Refunds a freed block of the kernel map to a policy, and fires the type's probe. No effect without a policy.
     *
     * @param requested the size in bytes that the caller knows, or {@link dev.malloc9.trace.Trace#UNKNOWN}
     */
    public void freed(
            MallocTypeInternal type, @Nullable SlowPathPolicy watch, long requested, Slab slab, long address) {
        if (watch != null) {
            watch.freed(slab.itemBytes);
            probes.freed(type, requested, slab, address);
        }
    }

    /**
     * Refunds a freed guarded block to a policy, and fires the type's probe. No effect without a policy.
     *
     * @param requested the requested size of the block in bytes
     * @param accounted the accounted size in bytes, which is refunded
     */
    public void freedGuarded(
            MallocTypeInternal type, @Nullable SlowPathPolicy watch, long requested, long accounted, long address) {
        if (watch != null) {
            watch.freed(accounted);
            probes.freedGuarded(type, requested, accounted, address);
        }
    }
}
