package dev.malloc9.vm;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A retry loop for requests that may wait while the kernel map is full (the second half of kmem_malloc).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: up to eight rounds. Each round raises vm_lowmem, reclaims unused memory, tries again, and waits for address space
 *       ("nokva"). The wait takes a quarter of a second in the first round and two seconds in the last; nine seconds in all.
 *   <li>Concurrency: the loop runs in the thread of the request, without any lock. Any number of requests may run it at once.
 *   <li>Invariants: memory that is released between an attempt and the wait after it ends that wait at once.
 *   <li>Cost: paid only if no memory is left.
 *   <li>Differs from BSD: a release ends the wait early. The last wait is followed by one more attempt. A request that has waited in vain
 *       gets an error instead of a panic. A request of a low-memory handler neither raises the event nor waits.
 * </ul>
 */
public final class KmemWait {

    /** The number of rounds before a request fails. */
    public static final int ROUNDS = 8;

    /** The wait of the first round in nanoseconds; the n-th round waits n times as long (hz / 4). */
    static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final KernelMap map;
    private final LowMemory lowMemory;
    private final Runnable reclaim;
    private final WaitClock clock;

    /**
     * Creates a retry loop.
     *
     * @param reclaim the action that returns unused memory of the layers above to the map (uma_reclaim)
     * @param clock the clock that the waits use
     */
    public KmemWait(KernelMap map, LowMemory lowMemory, Runnable reclaim, WaitClock clock) {
        this.map = map;
        this.lowMemory = lowMemory;
        this.reclaim = reclaim;
        this.clock = clock;
    }

    /**
     * Repeats an attempt until it succeeds or all rounds have failed. If a low-memory handler makes the request, reclaims and attempts
     * once, without waiting.
     *
     * @param attempt the attempt, which returns 0 if there is no memory; its exceptions end the request
     * @return the result of the attempt, or 0
     * @throws InterruptedException if the thread is interrupted when it waits
     * @throws OutOfMemoryError if no thread can be started for a low-memory handler
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

    /**
     * Raises the event, then reclaims unused memory. If a low-memory handler makes the request, the event is not raised. Each round calls
     * this method, and a request that does not wait calls it once.
     */
    public void reclaim() {
        if (!LowMemory.isRaising()) {
            lowMemory.raise();
        }
        reclaim.run();
    }

    /**
     * Makes one round: reclaims and attempts, then repeats the attempt after each wake-up, and after the time has elapsed once more.
     *
     * @param nanos the length of the wait in nanoseconds
     */
    private long retry(LongSupplier attempt, long nanos) throws InterruptedException {
        reclaim();
        // From here on, no release is missed: the attempt sees it, or it ends the wait.
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
