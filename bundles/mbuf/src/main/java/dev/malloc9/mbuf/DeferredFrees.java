package dev.malloc9.mbuf;

import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A queue of memory whose last reference was dropped while a native call used a view of it. Each later call of {@link #release} or {@link
 * #settle} retries the queue. The free of an mbuf of the packet zone calls neither method if the mbuf has no tags and its cluster was
 * neither shared nor viewed.
 */
final class DeferredFrees {

    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /**
     * Releases a region if no native call uses its views; otherwise queues it. Then retries the queue, even if the release throws. An
     * exception of the retry replaces that of the release.
     */
    void release(Region region, Runnable release) {
        try {
            attempt(region, release);
        } finally {
            settle();
        }
    }

    /**
     * Retries each queued release once. A RuntimeException does not stop the others: the first one is thrown at the end, with the others
     * suppressed.
     */
    void settle() {
        RuntimeException thrown = null;
        for (int tries = waiting.size(); tries > 0; tries--) {
            Runnable later = waiting.poll();
            if (later != null) {
                try {
                    later.run();
                } catch (RuntimeException e) {
                    thrown = Drains.with(thrown, e);
                }
            }
        }
        if (thrown != null) {
            throw thrown;
        }
    }

    private void attempt(Region region, Runnable release) {
        if (region.endViews()) {
            release.run();
        } else {
            waiting.add(() -> attempt(region, release));
        }
    }
}
