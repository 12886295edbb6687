package malloc9.vm;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock of the kernel's: who takes it has no fault coming.
 *
 * <p>A fault that {@link Fence} tells of may be delivered at any return from a method. Where that is the lock's own, the lock is taken and the
 * {@code try} that gives it back not begun, so nobody gets it any more. A thread that has touched a hole therefore learns of it here, before
 * it has taken anything.
 *
 * <p>The end of the stack is found here for the same reason: the JDK puts a {@link StackOverflowError} off to the return from the lock's own
 * method, when the lock is taken.
 */
public final class KernelLock extends ReentrantLock {

    private static final long serialVersionUID = 1L;

    /**
     * Acquires the lock.
     *
     * @throws InternalError if the thread has touched a hole since its last poll; the lock is not taken then
     * @throws StackOverflowError if the stack has no room for giving the lock back; the lock is not taken then
     */
    @Override
    public void lock() {
        prepare();
        super.lock();
    }

    /** As {@link #lock()}. */
    @Override
    public void lockInterruptibly() throws InterruptedException {
        prepare();
        super.lockInterruptibly();
    }

    /** As {@link #lock()}. */
    @Override
    public boolean tryLock() {
        prepare();
        return super.tryLock();
    }

    private static void prepare() {
        StackRoom.forLock();
        if (Fence.isNeeded()) {
            Fence.pass();
        }
    }
}
