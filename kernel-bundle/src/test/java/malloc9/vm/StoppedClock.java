package malloc9.vm;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;

/** A clock on which no time passes: who waits does so until woken, and tests know when somebody does. */
public final class StoppedClock implements WaitClock {

    private final Semaphore waiting = new Semaphore(0);

    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    @SuppressWarnings("WaitNotInLoop") // the caller of await loops
    public void await(Condition condition, long nanos) throws InterruptedException {
        if (!Thread.currentThread().isInterrupted()) {
            waiting.release();
        }
        condition.await();
    }

    /** Returns when somebody has begun to wait once more; to wake him needs the lock that he then has given up. */
    public void awaitWaiter() {
        waiting.acquireUninterruptibly();
    }
}
