package dev.malloc9.vm;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * A queue of threads that wait for a share of a limited resource. They are served in order of arrival: a small request does not overtake a
 * large one.
 *
 * <p><b>Why no wake-up is lost.</b> A waiter writes {@code waiting}, and the server then reads the resource. A thread that returns a share
 * writes the resource and then reads {@code waiting} ({@link #serveIfWaiting}). All four accesses are volatile, so in their total order at
 * least one of the two sees the other. Either the waiter sees the share, or the other thread sees the waiter and serves it under the lock.
 *
 * @param <O> the outcomes of a wait
 */
public final class WaitQueue<O> {

    /**
     * The decision about the first waiter. It is called under the lock of the queue, and must neither block nor call the queue.
     *
     * @param <O> the outcomes of a wait
     */
    public interface Server<O> {

        /**
         * Takes a share for the waiter, or ends its wait for another reason.
         *
         * @param share the requested share
         * @return the outcome; null if the waiter goes on waiting
         */
        @Nullable
        O serve(long share);
    }

    private static final class Waiter<O> {
        final long share;
        final Condition served;

        /** The outcome; null while the thread waits. Guarded by the lock of the queue. */
        @Nullable
        O outcome;

        Waiter(long share, Condition served) {
            this.share = share;
            this.served = served;
        }
    }

    private final Server<O> server;
    private final KernelLock lock = new KernelLock();

    /** The waiters in order of arrival. Guarded by {@code lock}. */
    private final ArrayDeque<Waiter<O>> waiters = new ArrayDeque<>();

    /** The number of waiters. Written under {@code lock}. */
    private volatile int waiting;

    public WaitQueue(Server<O> server) {
        this.server = server;
    }

    /** Returns the number of waiters. A thread that does not wait may take a share only if it is 0. */
    public int waiting() {
        return waiting;
    }

    /**
     * Waits for a share behind the earlier waiters. If the thread is interrupted before it is served, it leaves the queue; its interrupt
     * status stays set.
     *
     * @param share the requested share
     * @param interrupted the outcome of an interrupted wait
     * @param sleeps the action to run if the request is not served at once; runs under the lock of the queue, and must not throw
     * @return the outcome that the server has given, or {@code interrupted}
     */
    public O await(long share, O interrupted, Runnable sleeps) {
        lock.lock();
        try {
            Waiter<O> waiter = new Waiter<>(share, lock.newCondition());
            waiters.addLast(waiter);
            waiting = waiters.size();
            serve();
            if (waiter.outcome == null) {
                sleeps.run();
            }
            while (waiter.outcome == null) {
                try {
                    waiter.served.await();
                } catch (InterruptedException thrown) {
                    Thread.currentThread().interrupt();
                    if (waiter.outcome == null) {
                        waiter.outcome = interrupted;
                        waiters.remove(waiter);
                        serve();
                    }
                }
            }
            return waiter.outcome;
        } finally {
            lock.unlock();
        }
    }

    /** Serves the waiters that can be served now. Takes the lock only if a thread is waiting. */
    public void serveIfWaiting() {
        if (waiting > 0) {
            change(() -> {});
        }
    }

    /** Changes the rules of the server under the lock of the queue, and serves the waiters that can be served then. */
    public void change(Runnable rules) {
        lock.lock();
        try {
            rules.run();
            serve();
        } finally {
            lock.unlock();
        }
    }

    /** Serves the waiters in their order, up to the first one that goes on waiting. The caller holds {@code lock}. */
    private void serve() {
        for (Waiter<O> first = waiters.peekFirst(); first != null; first = waiters.peekFirst()) {
            O outcome = server.serve(first.share);
            if (outcome == null) {
                break;
            }
            waiters.removeFirst();
            first.outcome = outcome;
            first.served.signal();
        }
        waiting = waiters.size();
    }
}
