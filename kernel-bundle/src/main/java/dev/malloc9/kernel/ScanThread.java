package dev.malloc9.kernel;

import static dev.malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;

import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.sysctl.Oid;
import dev.malloc9.sysctl.SysctlTree;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The thread that verifies all blocks of level I, in use and freed, at a fixed interval. The thread is started when an
 * interval other than 0 is set first, and lives until {@link #close()}. At an interval of 0 it is idle.
 */
final class ScanThread implements AutoCloseable {

    private static final Oid INTERVAL = Oid.uint(
                    "vm.malloc.verify_interval",
                    CTLFLAG_RWTUN,
                    "how often the blocks of level I are looked at, in use and freed; 0 for never")
            .unit("seconds")
            .standard("0");

    private final MallocOperator operator;
    private final Journal journal;

    /** The executor of the thread; null until an interval other than 0 is set. Guarded by {@code this}. */
    private @Nullable ScheduledExecutorService executor;

    /** The repeated verification; null if the interval is 0. Guarded by {@code this}. */
    private @Nullable ScheduledFuture<?> next;

    /** The interval in seconds; 0 for never. Guarded by {@code this}. */
    private long seconds;

    /** Whether the thread has been closed. Guarded by {@code this}. */
    private boolean closed;

    ScanThread(MallocOperator operator, Journal journal) {
        this.operator = operator;
        this.journal = journal;
    }

    /** Returns the interval in the boot environment, in seconds; 0 if it is not set. */
    static long interval(Function<String, @Nullable String> environment) {
        Long interval = INTERVAL.number(environment);
        return interval == null ? 0 : interval;
    }

    /** Adds the knob of the interval. */
    void declare(SysctlTree tree) {
        tree.add(INTERVAL.bind(this::interval, every -> {
            interval(every);
            return true;
        }));
    }

    /**
     * Sets the interval. The next verification begins one interval from now. This method does not wait for a running verification. After
     * {@link #close()} no verification begins.
     *
     * @param every the interval in seconds, from the end of a verification to the start of the next; 0 for never
     */
    synchronized void interval(long every) {
        if (next != null) {
            next.cancel(false);
            next = null;
        }
        seconds = every;
        if (every > 0 && !closed) {
            if (executor == null) {
                executor = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("malloc9-verify").factory());
            }
            next = executor.scheduleWithFixedDelay(this::look, every, every, TimeUnit.SECONDS);
        }
    }

    private synchronized long interval() {
        return seconds;
    }

    /** Verifies all blocks once. A {@link RuntimeException} is noted in the journal; an error ends the repetition without a message. */
    private void look() {
        try {
            operator.verify();
        } catch (RuntimeException refused) {
            journal.note("malloc9: blocks could not be looked at: " + refused.getMessage());
        }
    }

    /** Ends the thread, and waits for a running verification. */
    @Override
    public void close() {
        ScheduledExecutorService running;
        synchronized (this) {
            interval(0);
            closed = true;
            running = executor;
        }
        if (running != null) {
            running.close();
        }
    }
}
