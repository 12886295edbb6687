package dev.malloc9.module;

import dev.malloc9.malloc.type.Owner;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/**
 * A life of a bundle, from the registration of its types until its memory is revoked.
 *
 * <p>One thread ends a life: the first that claims it. All other threads can wait for that. The end does not always revoke the memory. If a
 * native call uses a segment, the memory is revoked when another life ends later.
 */
final class BundleLife {

    private static final long POLL_MILLIS = 5;

    final Bundle bundle;
    final BundleWiring wiring;
    final Owner owner;

    /** Whether this life's STARTING event has been received, or was fired before the kernel listened. */
    private final AtomicBoolean begun;

    /** Whether a thread has reported that it waited in vain. */
    private final AtomicBoolean warned = new AtomicBoolean();

    /** The threads that have waited for the end in vain. */
    private final Set<Thread> givenUp = ConcurrentHashMap.newKeySet();

    /** Open once the thread that ends this life is done. */
    private final CountDownLatch ended = new CountDownLatch(1);

    /** The thread that ends this life or has ended it, or null. Written under the monitor. */
    private volatile @Nullable Thread ender;

    /**
     * Creates a life.
     *
     * @param begun true if no STARTING event of this life will follow
     */
    BundleLife(Bundle bundle, BundleWiring wiring, Owner owner, boolean begun) {
        this.bundle = bundle;
        this.wiring = wiring;
        this.owner = owner;
        this.begun = new AtomicBoolean(begun);
    }

    /** Returns the id of the bundle. */
    long bundleId() {
        return owner.module().bundleId();
    }

    /** Handles a STARTING event, and returns whether it belongs to this life. If it does not, a newer life of the bundle begins. */
    boolean begin() {
        return begun.compareAndSet(false, true);
    }

    /**
     * Makes the calling thread the one that ends this life.
     *
     * @param published called with this life before any other call returns false
     * @return false if another call was first
     */
    synchronized boolean claim(Consumer<BundleLife> published) {
        if (ender != null) {
            return false;
        }
        published.accept(this);
        ender = Thread.currentThread();
        return true;
    }

    /** Returns whether a thread is ending this life, or has ended it. */
    boolean isClaimed() {
        return ender != null;
    }

    /** Returns whether the calling thread is ending this life, or has ended it. */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    boolean isEndedByCaller() {
        return ender == Thread.currentThread();
    }

    /** Marks this life as ended, and releases all threads that wait for its end. */
    void end() {
        ended.countDown();
    }

    /** Returns whether this life has ended, even if its memory is not revoked. */
    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /** Returns whether this life has ended and its memory is revoked. */
    boolean isRevoked() {
        return hasEnded() && owner.isRevoked();
    }

    /**
     * Waits for the end of this life.
     *
     * @param nanos the longest time to wait, in nanoseconds
     * @return false if it has not ended in time
     */
    boolean await(long nanos) throws InterruptedException {
        return ended.await(nanos, TimeUnit.NANOSECONDS);
    }

    /**
     * Waits until this life has ended and its memory is revoked.
     *
     * @param nanos the longest time to wait, in nanoseconds
     * @return false if the memory is not revoked in time
     */
    boolean awaitRevoked(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        boolean over = !await(nanos);
        while (!over && !owner.isRevoked()) {
            over = deadline - System.nanoTime() <= 0;
            if (!over) {
                Thread.sleep(POLL_MILLIS);
            }
        }
        return isRevoked();
    }

    /**
     * Records that the calling thread has waited in vain. The thread does not wait for this life again: an uninstall sends two events.
     *
     * @return true for the first thread, which reports it
     */
    boolean giveUp() {
        givenUp.add(Thread.currentThread());
        return warned.compareAndSet(false, true);
    }

    /** Returns whether the calling thread has waited in vain. */
    boolean isGivenUpByCaller() {
        return givenUp.contains(Thread.currentThread());
    }
}
