package malloc9.vm;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/** The clock that requests wait on when the kernel map is full; tests drive one of their own. */
public interface WaitClock {

    /** The JVM's. */
    WaitClock SYSTEM = new WaitClock() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        @SuppressWarnings("WaitNotInLoop") // the caller of await loops
        public void await(Condition condition, long nanos) throws InterruptedException {
            condition.await(nanos, TimeUnit.NANOSECONDS);
        }
    };

    /** Now; only differences mean something. */
    long nanoTime();

    /**
     * Waits until the condition is signalled or the time is over; may end early. The condition's lock is held.
     *
     * @throws InterruptedException if the thread is interrupted, or was already
     */
    void await(Condition condition, long nanos) throws InterruptedException;
}
