package malloc9.vm;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What a request that may wait does when the kernel map is full (the second half of kmem_malloc).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: up to eight rounds. Each raises vm_lowmem, reclaims, tries again, and waits for address space ("nokva"):
 *       a quarter of a second in the first round, two seconds in the last, nine in all.
 *   <li>Concurrency: in the thread of the request, without any lock; any number of requests at once.
 *   <li>Invariants: what is released between a try and the wait after it ends that wait at once.
 *   <li>Cost: paid when there is nothing left only.
 *   <li>Differs from BSD: a release ends the wait early, the last wait is followed by one more try, and who has waited in
 *       vain gets an error instead of a panic. A request of a low-memory handler neither raises the event nor waits.
 * </ul>
 */
public final class KmemWait {

    /** Rounds before a request is given up. */
    public static final int ROUNDS = 8;

    /** What the wait of a round is a multiple of (hz / 4). */
    static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final KernelMap map;
    private final LowMemory lowMemory;
    private final Runnable reclaim;
    private final WaitClock clock;

    /** @param reclaim gives unused memory of the layers above back to the map (uma_reclaim) */
    public KmemWait(KernelMap map, LowMemory lowMemory, Runnable reclaim, WaitClock clock) {
        this.map = map;
        this.lowMemory = lowMemory;
        this.reclaim = reclaim;
        this.clock = clock;
    }

    /**
     * Tries until there is memory or all rounds were in vain.
     *
     * @param attempt gives something, or 0 if there is no memory; its exceptions end the request
     * @return what the attempt gave, or 0
     * @throws InterruptedException if the thread is interrupted where it would wait
     */
    public long retry(LongSupplier attempt) throws InterruptedException {
        if (LowMemory.isRaising()) {
            reclaim.run();
            return attempt.getAsLong();
        }
        map.awaited(true);
        try {
            long given = 0;
            for (int round = 1; given == 0 && round <= ROUNDS; round++) {
                given = retry(attempt, round * ROUND_NANOS);
            }
            return given;
        } finally {
            map.awaited(false);
        }
    }

    /** One pass of those that wait for nothing: raises the event, reclaims. */
    public void reclaim() {
        if (!LowMemory.isRaising()) {
            lowMemory.raise();
        }
        reclaim.run();
    }

    private long retry(LongSupplier attempt, long nanos) throws InterruptedException {
        reclaim();
        // From here on nothing that is freed is missed: it is seen by the try, or ends the wait.
        long deadline = clock.nanoTime() + nanos;
        long seen = map.wakeUps();
        long given = attempt.getAsLong();
        for (long left = nanos; given == 0 && left > 0; left = deadline - clock.nanoTime()) {
            map.await(seen, left, clock);
            seen = map.wakeUps();
            given = attempt.getAsLong();
        }
        return given;
    }
}
