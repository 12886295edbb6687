package dev.malloc9.malloc.account;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A counter of changes to several related lists, with which a reader gets the contents of all of them at the same instant.
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: the number of changes that have begun, and the number of changes that have ended.
 *   <li>Concurrency: writers count under the locks of their lists; any number of them may run at the same time. Readers take no lock.
 *   <li>Invariants: while both numbers are equal and do not change, no change is in progress. A list that is read in that time belongs to
 *       one instant. The number of ends is read before the number of beginnings. If they are equal, no change was in progress between the
 *       two reads.
 *   <li>Cost: two atomic additions per change. A reader spins while a change is in progress, and reads again if a change began meanwhile.
 *   <li>Differs from BSD: FreeBSD holds the registry's lock, or guarantees nothing.
 * </ul>
 */
public final class Generation {

    /** The number of changes that have begun. */
    private final AtomicLong begun = new AtomicLong();

    /** The number of changes that have ended. */
    private final AtomicLong ended = new AtomicLong();

    /**
     * The result of a read, and the generation that it belongs to.
     *
     * @param generation the number of changes that had ended
     * @param value the value that the reader returned
     */
    public record At<T>(long generation, T value) {}

    /**
     * Makes a change and counts it, even if it throws. The change must be short, because readers spin meanwhile. The caller holds the lock
     * of the list.
     */
    public void change(Runnable change) {
        begun.incrementAndGet();
        try {
            change.run();
        } finally {
            ended.incrementAndGet();
        }
    }

    /**
     * Returns the value that a reader computes from the lists of one instant. The reader is called again each time a change has interfered.
     * It must only get the lists and have no side effects.
     */
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
