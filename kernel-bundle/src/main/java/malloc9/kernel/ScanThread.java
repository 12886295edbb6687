package malloc9.kernel;

import static malloc9.api.sysctl.Knob.CTLFLAG_RWTUN;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import malloc9.api.runtime.MallocOperator;
import malloc9.sysctl.Oid;
import malloc9.sysctl.SysctlTree;
import org.jspecify.annotations.Nullable;

/** The thread that looks at all armoured blocks every so many seconds; while that is 0, there is none. */
final class ScanThread implements AutoCloseable {

    private static final Oid INTERVAL = Oid.uint(
                    "vm.malloc.verify_interval",
                    CTLFLAG_RWTUN,
                    "how often the blocks of level I are looked at, in use and freed; 0 for never")
            .unit("seconds")
            .standard("0");

    private final MallocOperator operator;
    private final Journal journal;

    /** Guarded by this. */
    private @Nullable ScheduledExecutorService executor;

    /** Guarded by this. */
    private @Nullable ScheduledFuture<?> next;

    /** Guarded by this. */
    private long seconds;

    /** Guarded by this. */
    private boolean closed;

    ScanThread(MallocOperator operator, Journal journal) {
        this.operator = operator;
        this.journal = journal;
    }

    /** What the boot environment says. */
    static long interval(Function<String, @Nullable String> environment) {
        Long interval = INTERVAL.number(environment);
        return interval == null ? 0 : interval;
    }

    void declare(SysctlTree tree) {
        tree.add(INTERVAL.bind(this::interval, every -> {
            interval(every);
            return true;
        }));
    }

    /** Looks that often from now on; a look that is under way is not waited for. */
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

    private void look() {
        try {
            operator.verify();
        } catch (RuntimeException refused) {
            journal.note("malloc9: blocks could not be looked at: " + refused.getMessage());
        }
    }

    /** Waits for a look that is under way. */
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
