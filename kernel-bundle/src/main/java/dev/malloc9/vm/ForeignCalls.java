package dev.malloc9.vm;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A caller that runs drivers' callbacks on behalf of other bundles, each in its own thread. A callback that does not return occupies that
 * thread only.
 *
 * <p>Each call runs in a new daemon thread, which ends with the call. The caller waits for at most one second and then continues without
 * the result. From then until the callback returns or {@link #close()} is called, the call's key is late. A key is the zone or the handler.
 * Users leave a late key out of further calls; this class does not check it.
 *
 * <p>Any number of threads may use an instance.
 */
public final class ForeignCalls implements AutoCloseable {

    /** The time that a caller waits for a call, in nanoseconds. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A call that has not ended. */
    private final class Call extends FutureTask<@Nullable Void> {

        private final Object key;

        /** True once the caller has given up waiting. */
        private volatile boolean late;

        Call(Object key, Runnable work) {
            super(work, null);
            this.key = key;
        }

        @Override
        protected void done() {
            calls.remove(this);
        }
    }

    /** The calls that have neither ended nor been cancelled. */
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();

    /** Creates an instance. No thread is started before the first call. */
    public ForeignCalls() {}

    /** Returns whether a call for the key has taken longer than one second and has not ended. */
    public boolean isLate(Object key) {
        return calls.stream().anyMatch(call -> call.late && call.key.equals(key));
    }

    /**
     * Runs the work in a new thread and waits for its end, at most one second.
     *
     * <p>If the work throws in time, its unchecked exception or error is rethrown. An exception after that time is dropped. If the calling
     * thread is interrupted, it keeps waiting and has its interrupt flag set afterwards.
     *
     * @param key the zone or handler whose callback the work may call; compared with {@code equals}
     * @param work the work that may call it
     * @param warning the action that the calling thread runs if the key becomes late; not run if the key was late before
     * @throws OutOfMemoryError if no thread can be started
     * @throws java.util.concurrent.CancellationException if {@link #close()} is called while the caller waits
     */
    public void run(Object key, Runnable work, Runnable warning) {
        Call call = new Call(key, work);
        calls.add(call);
        try {
            Thread.ofPlatform()
                    .daemon()
                    .name("malloc9-callback")
                    .inheritInheritableThreadLocals(false)
                    .start(call);
        } catch (OutOfMemoryError noThread) {
            call.cancel(false);
            throw noThread;
        }
        if (!ends(call)) {
            boolean first = !isLate(key);
            call.late = true;
            if (first) {
                warning.run();
            }
        }
    }

    /** Cancels and interrupts all calls that have not ended. It does not wait for their threads. */
    @Override
    public void close() {
        calls.forEach(call -> call.cancel(true));
    }

    /**
     * Waits at most {@link #PATIENCE_NANOS} for the end of a call, without reacting to an interrupt.
     *
     * @return false if the call has not ended in time
     */
    private static boolean ends(Call call) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    call.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException thrown -> throw thrown;
                case Error thrown -> throw thrown;
                case null, default -> throw new IllegalStateException(e);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
