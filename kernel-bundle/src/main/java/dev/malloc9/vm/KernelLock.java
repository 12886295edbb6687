package dev.malloc9.vm;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A kernel lock: a reentrant lock that throws the thread's pending errors before it is acquired.
 *
 * <p>A fault that {@link Fence} describes may be thrown at any return from a method. If it were thrown at the return from the lock method,
 * the lock would be held, and the {@code try} that releases it would not have begun. The lock would then never be released. A thread that
 * has touched a hole therefore gets the error here, before it has acquired the lock.
 *
 * <p>An overflow of the stack is found here for the same reason. The JDK delays a {@link StackOverflowError} in the lock method until that
 * method returns, when the lock is already held.
 *
 * <p>The methods without a timeout do this; {@code tryLock(long, TimeUnit)} does not, and is not used in the kernel.
 */
public final class KernelLock extends ReentrantLock {

    private static final long serialVersionUID = 1L;

    /**
     * Acquires the lock.
     *
     * @throws InternalError if the thread has touched a hole since its last poll; the lock is then not acquired
     * @throws StackOverflowError if the stack has no room for releasing the lock; the lock is then not acquired
     */
    @Override
    public void lock() {
        prepare();
        super.lock();
    }

    /** Acquires the lock unless the thread is interrupted. Throws the same errors as {@link #lock()}. */
    @Override
    public void lockInterruptibly() throws InterruptedException {
        prepare();
        super.lockInterruptibly();
    }

    /** Acquires the lock if it is free, and returns whether it did. Throws the same errors as {@link #lock()}. */
    @Override
    public boolean tryLock() {
        prepare();
        return super.tryLock();
    }

    /** Throws the errors that must not be thrown while the lock is held. */
    private static void prepare() {
        StackRoom.forLock();
        if (Fence.isNeeded()) {
            Fence.pass();
        }
    }
}
