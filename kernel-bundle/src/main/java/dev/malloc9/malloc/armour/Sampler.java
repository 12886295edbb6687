package dev.malloc9.malloc.armour;

import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.vm.KernelLock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The sampler that lets MemGuard guard at most one block per interval. It closes the gate of a type that allocates. The next malloc of that
 * type for a plain block of at least 1 byte takes the sample in {@link GuardedRequests}, which opens the gate again. Until then, all
 * requests of the type take the slow path.
 *
 * <p>The fast path therefore needs no code for sampling. (The model is Linux's KFENCE, which patches a branch.) A sample lives until it is
 * freed. {@link dev.malloc9.debug.memguard.MemGuard} limits the number of live samples.
 *
 * <p>Thread-safe.
 */
public final class Sampler implements AutoCloseable {

    /** The most types that one tick examines to find a type that allocates. */
    private static final int LOOKS = 64;

    private final MallocTypes types;

    /** The source of random numbers: returns a number from 0 to below its argument. */
    private final IntUnaryOperator dice;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("malloc9-sample").factory());

    private final KernelLock lock = new KernelLock();

    /** The scheduled ticks, or null if sampling is off. Guarded by {@code lock}. */
    private @Nullable ScheduledFuture<?> ticks;

    /** The interval in milliseconds; 0 if sampling is off. Guarded by {@code lock}. */
    private int millis;

    /** The type that was last asked for a sample, or null. Its sample may have been taken already. Guarded by {@code lock}. */
    private @Nullable MallocTypeInternal asked;

    /** @param dice the source of random numbers: returns a number from 0 to below its argument */
    public Sampler(MallocTypes types, IntUnaryOperator dice) {
        this.types = types;
        this.dice = dice;
    }

    /** Sets the interval in milliseconds; 0 stops sampling. No effect if the interval is unchanged, or after {@link #close()}. */
    public void every(int interval) {
        lock.lock();
        try {
            if (interval == millis || executor.isShutdown()) {
                return;
            }
            millis = interval;
            if (ticks != null) {
                ticks.cancel(false);
                ticks = null;
            }
            if (interval > 0) {
                ticks = executor.scheduleAtFixedRate(this::tick, interval, interval, TimeUnit.MILLISECONDS);
            } else {
                ask(null);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks a type that has allocated since its last inspection for the next sample, or no type if none of the inspected types has. Cancels
     * the sample of the type that was asked before, if it was not taken yet. No effect while sampling is off.
     */
    public void tick() {
        MallocTypeInternal next = active(types.registered());
        lock.lock();
        try {
            if (millis > 0) {
                ask(next);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stops sampling, and waits for a running tick. */
    @Override
    public void close() {
        every(0);
        executor.close();
    }

    /** Opens the gate of the type that was asked before, and closes that of the next one. The caller holds {@code lock}. */
    private void ask(@Nullable MallocTypeInternal next) {
        if (asked != null) {
            asked.sample(false);
        }
        asked = next;
        if (next != null) {
            next.sample(true);
        }
    }

    /**
     * Returns the first type, from a random one on, that has allocated since it was last examined; null if {@link #LOOKS} types, or all of
     * them, have not.
     */
    private @Nullable MallocTypeInternal active(List<MallocTypeInternal> all) {
        int start = all.isEmpty() ? 0 : dice.applyAsInt(all.size());
        for (int look = 0; look < Math.min(LOOKS, all.size()); look++) {
            MallocTypeInternal type = all.get((start + look) % all.size());
            if (type.hasAllocated()) {
                return type;
            }
        }
        return null;
    }
}
