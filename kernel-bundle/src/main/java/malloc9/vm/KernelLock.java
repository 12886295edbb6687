package malloc9.vm;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock of the kernel's: who takes it has no fault coming.
 *
 * <p>A fault that {@link Fence} tells of may be delivered at any return from a method. Where that is the lock's own, the lock is taken and the
 * {@code try} that gives it back not begun, so nobody gets it any more. A thread that has touched a hole therefore learns of it here, before
 * it has taken anything.
 */
public final class KernelLock extends ReentrantLock {

    private static final long serialVersionUID = 1L;

    /** @throws InternalError if the thread has touched a hole since its last poll; the lock is not taken then */
    @Override
    public void lock() {
        fence();
        super.lock();
    }

    /** As {@link #lock()}. */
    @Override
    public void lockInterruptibly() throws InterruptedException {
        fence();
        super.lockInterruptibly();
    }

    /** As {@link #lock()}. */
    @Override
    public boolean tryLock() {
        fence();
        return super.tryLock();
    }

    private static void fence() {
        if (Fence.isNeeded()) {
            Fence.pass();
        }
    }
}
