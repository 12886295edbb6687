package dev.malloc9.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The distance between the machine's processors: the time that it takes at present to hand a cache line from one thread to another.
 *
 * <p>The processors of a virtual machine move over the cores of its host. While two of them had no cache in common, handing a line over
 * took about five times as long, for a second or for many. Starting and resuming virtual threads then took twice the time with every
 * allocator (AMD EPYC, a virtual machine of two cores, November 2026). A process of several threads therefore waits until the processors
 * are near each other. It counts as disturbed if they are not near after it ({@link Benchmarks}).
 */
final class CoreDistance {

    private static final int HOPS = 10_000;
    private static final int ROUNDS = 5;

    /** The largest distance that counts as near, in multiples of the smallest distance measured so far. */
    private static final double TOLERANCE = 2;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private double nearest = Double.POSITIVE_INFINITY;

    /** Waits until the processors are near each other, for at most about five seconds. Spins, and returns whether they are near. */
    boolean awaitNear() {
        long start = System.nanoTime();
        boolean near = isNear();
        while (!near && System.nanoTime() - start < PATIENCE_NANOS) {
            Thread.onSpinWait();
            near = isNear();
        }
        return near;
    }

    /**
     * Measures the distance and returns whether it is at most {@code TOLERANCE} times the smallest one measured so far. Always returns true
     * if there is only one processor.
     */
    boolean isNear() {
        return Runtime.getRuntime().availableProcessors() == 1 || isNear(nanos());
    }

    boolean isNear(double nanos) {
        nearest = Math.min(nearest, nanos);
        return nanos <= nearest * TOLERANCE;
    }

    /**
     * Returns the time of a hop in nanoseconds: the minimum over some rounds, since in other rounds a thread has to wait for its processor.
     *
     * @throws IllegalStateException if the thread is interrupted; its interrupt status stays set
     */
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

    /**
     * Waits until the ball has the number {@code first} and replaces it by the next number. Repeats that for every second number,
     * {@code hops} times in all.
     */
    private static void play(AtomicInteger ball, int first, int hops) {
        for (int i = 0; i < hops; i++) {
            while (ball.get() != first + 2 * i) {
                Thread.onSpinWait();
            }
            ball.set(first + 2 * i + 1);
        }
    }
}
