package malloc9.malloc.armour;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import malloc9.malloc.type.MallocTypeInternal;
import malloc9.malloc.type.MallocTypes;
import malloc9.vm.KernelLock;
import org.jspecify.annotations.Nullable;

/**
 * Has MemGuard take a sample, one block an interval: shuts the word of a type that allocates, whose next request finds its way to
 * {@link GuardedRequests} so, and opens the word again.
 *
 * <p>So the fast path knows nothing of it (Linux's KFENCE, which has a branch that is patched). A sample lives until it is freed; there are no
 * more than {@link malloc9.debug.memguard.MemGuard}'s pool has.
 */
public final class Sampler implements AutoCloseable {

    /** How many types are looked at for one that allocates. */
    private static final int LOOKS = 64;

    private final MallocTypes types;

    /** Chooses a number below the given one. */
    private final IntUnaryOperator dice;

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("malloc9-sample").factory());

    private final KernelLock lock = new KernelLock();

    /** Guarded by lock. */
    private @Nullable ScheduledFuture<?> ticks;

    private int millis;

    /** The type whose next request is to be the sample, if nobody took it yet. Guarded by lock. */
    private @Nullable MallocTypeInternal asked;

    public Sampler(MallocTypes types, IntUnaryOperator dice) {
        this.types = types;
        this.dice = dice;
    }

    /** One sample in that many milliseconds from now on, or none with 0. */
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

    /** Asks another type for the next sample. */
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

    @Override
    public void close() {
        every(0);
        executor.close();
    }

    private void ask(@Nullable MallocTypeInternal next) {
        if (asked != null) {
            asked.sample(false);
        }
        asked = next;
        if (next != null) {
            next.sample(true);
        }
    }

    /** The next type from a random one on that has allocated since it was last looked at. */
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
