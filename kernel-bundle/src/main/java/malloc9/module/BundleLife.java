package malloc9.module;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import malloc9.malloc.type.Owner;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/**
 * A life of a bundle, from the registration of its types until its memory is revoked.
 *
 * <p>One thread ends a life: the first that claims it. All others can wait for that. The end does not always revoke the memory: if a native call
 * uses a segment, a later end of another life does.
 */
final class BundleLife {

    private static final long POLL_MILLIS = 5;

    final Bundle bundle;
    final BundleWiring wiring;
    final Owner owner;

    /** Whether the event STARTING of this life was seen, or came before the kernel. */
    private final AtomicBoolean begun;

    private final AtomicBoolean warned = new AtomicBoolean();

    /** The threads that have waited for the end in vain. */
    private final Set<Thread> givenUp = ConcurrentHashMap.newKeySet();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** The thread that ends this life, or null. Written under the monitor. */
    private volatile @Nullable Thread ender;

    /** @param begun whether no event STARTING of this life is to come */
    BundleLife(Bundle bundle, BundleWiring wiring, Owner owner, boolean begun) {
        this.bundle = bundle;
        this.wiring = wiring;
        this.owner = owner;
        this.begun = new AtomicBoolean(begun);
    }

    long bundleId() {
        return owner.module().bundleId();
    }

    /** Returns true for the first event STARTING if it is this life's, false if the life is a former one. */
    boolean begin() {
        return begun.compareAndSet(false, true);
    }

    /**
     * Makes the calling thread the one that ends this life.
     *
     * @param published is told before any other call returns false
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

    /** Whether a thread ends this life, or has ended it. */
    boolean isClaimed() {
        return ender != null;
    }

    /** Whether the calling thread is the one that ends this life. */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    boolean isEndedByCaller() {
        return ender == Thread.currentThread();
    }

    /** Lets all threads go on that wait for the end of this life. */
    void end() {
        ended.countDown();
    }

    /** Whether this life has ended, be its memory revoked or not. */
    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /** Whether this life has ended and its memory is revoked. */
    boolean isRevoked() {
        return hasEnded() && owner.isRevoked();
    }

    /** Waits for the end of this life; false if it has not ended in time. */
    boolean await(long nanos) throws InterruptedException {
        return ended.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Waits until the memory is revoked; false if it is not in time. */
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
     * Notes that the calling thread has waited in vain and does not wait for this life again: an uninstall sends two events.
     *
     * @return true for the first thread
     */
    boolean giveUp() {
        givenUp.add(Thread.currentThread());
        return warned.compareAndSet(false, true);
    }

    /** Whether the calling thread has waited in vain. */
    boolean isGivenUpByCaller() {
        return givenUp.contains(Thread.currentThread());
    }
}
