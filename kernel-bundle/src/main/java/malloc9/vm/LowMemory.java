package malloc9.vm;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import malloc9.api.runtime.LowMemoryHandler;

/**
 * The event vm_lowmem: who can do without some memory is asked to while the request that found none waits ({@link ForeignCalls}).
 *
 * <p>No lock of the kernel is held meanwhile. A request that a handler itself makes does not raise the event again, and
 * does not wait.
 */
public final class LowMemory {

    private static final ScopedValue<Boolean> RAISING = ScopedValue.newInstance();

    private final FailPoints failPoints;
    private final List<LowMemoryHandler> handlers = new CopyOnWriteArrayList<>();
    private final ForeignCalls calls;
    private final BiConsumer<LowMemoryHandler, Throwable> failed;
    private final Consumer<LowMemoryHandler> late;

    /**
     * An event that no handler is registered for.
     *
     * @param calls runs the handlers
     * @param failed is told what a handler threw
     * @param late is told of a handler that has not returned for a second
     */
    public LowMemory(
            FailPoints failPoints,
            ForeignCalls calls,
            BiConsumer<LowMemoryHandler, Throwable> failed,
            Consumer<LowMemoryHandler> late) {
        this.failPoints = failPoints;
        this.calls = calls;
        this.failed = failed;
        this.late = late;
    }

    /** From now on, the handler is asked, after those that are there already. */
    public void register(LowMemoryHandler handler) {
        handlers.add(handler);
    }

    /** The handler is not asked any more, unless that has begun. */
    public void deregister(LowMemoryHandler handler) {
        handlers.remove(handler);
    }

    /** Asks all handlers, whatever some of them throw. */
    public void raise() {
        for (LowMemoryHandler handler : handlers) {
            if (!calls.isLate(handler)) {
                calls.run(handler, () -> ask(handler), () -> late.accept(handler));
            }
        }
    }

    /** Whether the caller is, directly or not, called by a handler. */
    static boolean isRaising() {
        return RAISING.isBound();
    }

    private void ask(LowMemoryHandler handler) {
        ScopedValue.where(RAISING, true).run(() -> askHere(handler));
    }

    private void askHere(LowMemoryHandler handler) {
        try {
            if (failPoints.fails(FailPoints.Step.LISTENER)) {
                throw new IllegalStateException("debug.fail");
            }
            handler.vmLowmem();
        } catch (Throwable e) {
            failed.accept(handler, e);
        }
    }
}
