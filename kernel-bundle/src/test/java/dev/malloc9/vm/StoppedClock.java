package dev.malloc9.vm;

import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.Condition;

/** A clock on which no time passes: a wait ends only by a signal or an interrupt, and tests can observe that a thread waits. */
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

    /** Returns when one more thread has begun to wait. Waking that thread needs the lock, which it has released by then. */
    public void awaitWaiter() {
        waiting.acquireUninterruptibly();
    }
}
