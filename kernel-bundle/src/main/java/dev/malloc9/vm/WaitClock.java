package dev.malloc9.vm;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/** The clock that requests use to wait when the kernel map is full. Tests have a clock of their own. */
public interface WaitClock {

    /** The clock of the JVM. */
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

    /** Returns the current time in nanoseconds. Only differences are meaningful. */
    long nanoTime();

    /**
     * Waits until the condition is signalled or the time has elapsed; may return early. The caller holds the condition's lock.
     *
     * @param nanos the longest time to wait, in nanoseconds
     * @throws InterruptedException if the thread is interrupted, or was already
     */
    void await(Condition condition, long nanos) throws InterruptedException;
}
