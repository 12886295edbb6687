package malloc9.mbuf;

import java.util.concurrent.ConcurrentLinkedQueue;

/** What lost its last reference while a native call still used a view of it: it is given back when something else is. */
final class DeferredFrees {

    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    /** Gives a region back once its views have ended: now, or when another comes here. */
    void release(Region region, Runnable release) {
        try {
            attempt(region, release);
        } finally {
            settle();
        }
    }

    /** Tries all again that could not be given back before, also when one throws; what the first threw is thrown in the end. */
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
