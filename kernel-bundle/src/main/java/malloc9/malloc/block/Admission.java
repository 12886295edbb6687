package malloc9.malloc.block;

import malloc9.debug.memguard.MemGuard;
import malloc9.malloc.account.LastFailure;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.malloc.type.TypeProbes;
import malloc9.malloc.type.SlowPathPolicy;
import malloc9.uma.Slab;
import org.jspecify.annotations.Nullable;

/**
 * The way of a request through the {@link SlowPathPolicy} of its type: the watch admits it, an attempt is made, and the charge is refunded if the
 * attempt finds no block.
 *
 * <p>If the type's watch changes between the two, the request starts again.
 */
public final class Admission {

    /** The result of an attempt: the watch of the type has changed, and the request starts again. */
    public static final long CHANGED = -1;

    /** The result of an attempt: MemGuard has no block for a request that was to be guarded. */
    public static final long UNGUARDED = -2;

    private final LastFailure lastFailure;
    private final TypeProbes probes;

    public Admission(LastFailure lastFailure, TypeProbes probes) {
        this.lastFailure = lastFailure;
        this.probes = probes;
    }

    /**
     * What finds a block for a type under a watch or none: its address, 0 for none, CHANGED if the type is watched otherwise now, UNGUARDED if
     * another attempt is to be made.
     */
    public interface Attempt {
        long under(@Nullable SlowPathPolicy watch);
    }

    /**
     * Allocates as the type's watch allows.
     *
     * @param bytes as asked for
     * @param accounted as charged
     */
    public long under(MallocTypeInternal type, long bytes, long accounted, long flags, Attempt attempt) {
        return under(type, bytes, accounted, flags, false, attempt);
    }

    /** @param again whether the request was admitted before, to an attempt that did not serve it */
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

    /** Records that a request found no memory, and returns 0. */
    long none() {
        lastFailure.stamp();
        return 0;
    }

    /**
     * Accounts for the free of a block of the kernel map under a watch or none.
     *
     * @param requested the size in bytes that the caller knows, or {@link malloc9.trace.Trace#UNKNOWN}
     */
    public void freed(MallocTypeInternal type, @Nullable SlowPathPolicy watch, long requested, Slab slab, long address) {
        if (watch != null) {
            watch.freed(slab.itemBytes);
            probes.freed(type, requested, slab, address);
        }
    }

    /** Accounts for the free of a guarded block under a watch or none. */
    public void freedGuarded(
            MallocTypeInternal type, @Nullable SlowPathPolicy watch, long requested, long accounted, long address) {
        if (watch != null) {
            watch.freed(accounted);
            probes.freedGuarded(type, requested, accounted, address);
        }
    }
}
