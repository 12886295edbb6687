package malloc9.vm;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A caller of drivers' callbacks on behalf of other bundles. A callback that does not return keeps its own thread, and no other.
 *
 * <p>Each call runs in a daemon thread of its own, which ends with the call. The caller waits for a second, then goes on without it. A key, the zone
 * or the handler, is late from then on until the callback returns, and is left out of further calls.
 */
public final class ForeignCalls implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A call that goes on. */
    private final class Call extends FutureTask<@Nullable Void> {

        private final Object key;

        /** Set by the caller that gave up. */
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

    private final Set<Call> calls = ConcurrentHashMap.newKeySet();

    /** Creates a caller without a thread. */
    public ForeignCalls() {}

    /** Returns whether a call for that key has taken more than a second and goes on. */
    public boolean isLate(Object key) {
        return calls.stream().anyMatch(call -> call.late && call.key.equals(key));
    }

    /**
     * Runs work in a thread of its own, and waits for its end, a second at most. An error of work that ends in time is thrown.
     *
     * @param key the zone or handler whose callback may be called
     * @param work the work that may call it
     * @param warning is run once if the key becomes late
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

    /** Interrupts the calls that go on. */
    @Override
    public void close() {
        calls.forEach(call -> call.cancel(true));
    }

    /** Waits as long as patience lasts, whether the caller is interrupted or not. */
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
