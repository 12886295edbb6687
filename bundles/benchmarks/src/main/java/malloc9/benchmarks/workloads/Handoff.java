package malloc9.benchmarks.workloads;

import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A ring of batches between two threads: one fills them, the other empties them.
 *
 * <p>A batch is a plain array; what the threads see of each other are the two counters, once a batch.
 *
 * @param <A> the array
 */
final class Handoff<A> {

    /** Blocks in a batch; what the counters cost does not show in the figure. */
    static final int BATCH = 256;

    private static final int BATCHES = 8;
    private static final int SPINS = 1_000;

    /** To and fro, in a round; the least of some rounds counts, since in others a thread has to wait for its processor. */
    private static final int BOUNCES = 20;

    private static final int ROUNDS = 5;

    private final List<A> ring;

    /** Written by the thread that fills. */
    private volatile long filled;

    /** Written by the thread that empties. */
    private volatile long emptied;

    /** Odd while it is with the thread that empties, which gives it back as soon as there is nothing to empty. */
    private volatile int ball;

    private volatile boolean closed;
    private volatile @Nullable Throwable failure;

    Handoff(Supplier<A> newBatch) {
        ring = Stream.generate(newBatch).limit(BATCHES).toList();
    }

    /** The next batch to fill; waits while all are full. */
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
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread fills
    void publish() {
        filled++;
    }

    /** Empties batches until the ring is closed and empty; the body of the other thread. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread empties
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

    /** What it takes to hand a line of the cache from one thread to the other, with nothing in the ring. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // who has the ball writes
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

    /** Spins, since a wake-up would be what is measured; gives the processor away if it is the only one. */
    @SuppressWarnings("ThreadPriorityCheck") // whether it gives way changes the time, not the outcome
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
