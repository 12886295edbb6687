package dev.malloc9.benchmarks.workloads;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A ring of batches between two threads: one thread fills batches, the other one empties them.
 *
 * <p>A batch is a plain array. To hand batches over, the threads share two counters, of which each is written once per batch.
 *
 * @param <A> the class of the array
 */
final class Handoff<A> {

    /** The number of blocks in a batch, so large that the cost of the counters does not show in the figure. */
    static final int BATCH = 256;

    private static final int BATCHES = 8;
    private static final int SPINS = 1_000;

    /**
     * The number of round trips of the ball in a round. The minimum over some rounds counts, since in others a thread has to wait for its
     * processor.
     */
    private static final int BOUNCES = 20;

    private static final int ROUNDS = 5;

    private final List<A> ring;

    /** The number of batches filled. Written by the thread that fills. */
    private volatile long filled;

    /** The number of batches emptied. Written by the thread that empties. */
    private volatile long emptied;

    /**
     * The position of the ball: odd while the ball is with the thread that empties. That thread returns the ball once no batch is left to
     * empty.
     */
    private volatile int ball;

    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    Handoff(Supplier<A> newBatch) {
        ring = Stream.generate(newBatch).limit(BATCHES).toList();
    }

    /**
     * Returns the next batch to fill. Waits while all batches are full.
     *
     * @throws IllegalStateException if the thread that empties has failed
     */
    A claim() {
        long next = filled;
        await(() -> next - emptied < BATCHES || failure != null);
        Throwable cause = failure;
        if (cause != null) {
            throw new IllegalStateException("the thread that frees has failed", cause);
        }
        return ring.get((int) (next % BATCHES));
    }

    /** Hands the claimed batch over. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only one thread fills batches
    void publish() {
        filled++;
    }

    /**
     * Empties batches until the ring is closed and empty. Runs as the body of the other thread. If the consumer throws, records the failure
     * and ends.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only one thread empties batches
    void emptyWith(Consumer<A> consumer) {
        try {
            while (true) {
                await(() -> emptied < filled || isThere() || closed);
                if (emptied < filled) {
                    consumer.accept(ring.get((int) (emptied % BATCHES)));
                    emptied++;
                } else if (isThere()) {
                    ball++;
                } else {
                    return;
                }
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    /**
     * Returns the time in nanoseconds that it takes to hand a cache line from one thread to the other while no batch is full. The result
     * means nothing if the other thread has failed.
     */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the thread that has the ball writes it
    double hopNanos() {
        double least = Double.POSITIVE_INFINITY;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < BOUNCES; i++) {
                ball++;
                await(() -> !isThere() || failure != null);
            }
            least = Math.min(least, (double) (System.nanoTime() - start) / (2 * BOUNCES));
        }
        return least;
    }

    private boolean isThere() {
        return (ball & 1) == 1;
    }

    void close() {
        closed = true;
    }

    /**
     * Waits for a condition. Spins first, since a wake-up would dominate the measurement. After {@code SPINS} steps yields at each step,
     * since the other thread may need this processor.
     */
    @SuppressWarnings("ThreadPriorityCheck") // a yield without effect changes the time, but not the outcome
    private static void await(BooleanSupplier condition) {
        for (int spins = 0; !condition.getAsBoolean(); spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }
}
