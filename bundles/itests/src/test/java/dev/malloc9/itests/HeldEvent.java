package dev.malloc9.itests;

import java.util.concurrent.CountDownLatch;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;

/** A bundle listener that holds the first thread that delivers the event STOPPED, until the listener is released. */
final class HeldEvent implements SynchronousBundleListener {

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    @Override
    public void bundleChanged(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPED && reached.getCount() > 0) {
            reached.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits without a time limit until a thread is held. */
    void awaitThread() throws InterruptedException {
        reached.await();
    }

    void release() {
        released.countDown();
    }
}
