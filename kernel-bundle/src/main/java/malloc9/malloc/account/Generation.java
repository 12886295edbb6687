package malloc9.malloc.account;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Numbers the changes of lists that belong together, so that a reader has all of them of one instant.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: how many changes have begun, and how many have ended.
 *   <li>Concurrency: writers count under the locks of their lists, any number of them at once; readers take none.
 *   <li>Invariants: what a reader looked at while both numbers were equal, and stayed as they were, was there together. The end is read before
 *       the beginning: equal, they say that nobody was at work.
 *   <li>Cost: two additions a change; a reader looks again if a change came between.
 *   <li>Differs from BSD: there the registry's lock is held, or nothing is promised.
 * </ul>
 */
public final class Generation {

    private final AtomicLong begun = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();

    /** What was read, and the number of the instant that it is of. */
    public record At<T>(long generation, T value) {}

    /** Makes a change, which is brief. */
    public void change(Runnable change) {
        begun.incrementAndGet();
        try {
            change.run();
        } finally {
            ended.incrementAndGet();
        }
    }

    /** What the reader sees at one instant; it is called as often as that takes, and asks for lists only. */
    public <T> At<T> read(Supplier<T> reader) {
        while (true) {
            long generation = ended.get();
            if (begun.get() == generation) {
                T value = reader.get();
                if (begun.get() == generation) {
                    return new At<>(generation, value);
                }
            }
            Thread.onSpinWait();
        }
    }
}
