package malloc9.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How far apart the machine's processors are just now: what it takes to hand a line of the cache from one thread to another.
 *
 * <p>The processors of a virtual machine wander over those of its host. While two of them have no cache in common, handing a line over
 * takes some five times as long, for a second or for many, and with it all that threads share: starting and resuming virtual threads, say, which
 * then take twice the time whatever allocates. So a process of several threads counts only if the processors were near each
 * other before it and after it.
 */
final class CoreDistance {

    private static final int HOPS = 10_000;
    private static final int ROUNDS = 5;

    /** What is farther than that, in multiples of the nearest that was ever seen, is far. */
    private static final double TOLERANCE = 2;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private double nearest = Double.POSITIVE_INFINITY;

    /** Waits until the processors are near each other, but not for ever; whether they are. */
    boolean awaitNear() {
        long start = System.nanoTime();
        boolean near = isNear();
        while (!near && System.nanoTime() - start < PATIENCE_NANOS) {
            Thread.onSpinWait();
            near = isNear();
        }
        return near;
    }

    /** Whether the processors are as near to each other as they have been, within limits. */
    boolean isNear() {
        return Runtime.getRuntime().availableProcessors() == 1 || isNear(nanos());
    }

    boolean isNear(double nanos) {
        nearest = Math.min(nearest, nanos);
        return nanos <= nearest * TOLERANCE;
    }

    /** The nanoseconds of a hop: the least of some rounds, since in others a thread has to wait for its processor. */
    static double nanos() {
        AtomicInteger ball = new AtomicInteger();
        Thread other = Thread.ofPlatform().daemon().start(() -> play(ball, 1, HOPS * ROUNDS));
        double least = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            play(ball, 2 * HOPS * round, HOPS);
            least = Math.min(least, (double) (System.nanoTime() - start) / (2 * HOPS));
        }
        try {
            other.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return least;
    }

    /** Waits for the ball to have a number, and gives it the next one; so often. */
    private static void play(AtomicInteger ball, int first, int hops) {
        for (int i = 0; i < hops; i++) {
            while (ball.get() != first + 2 * i) {
                Thread.onSpinWait();
            }
            ball.set(first + 2 * i + 1);
        }
    }
}
