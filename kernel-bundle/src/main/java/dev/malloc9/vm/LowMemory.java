package dev.malloc9.vm;

import dev.malloc9.api.runtime.LowMemoryHandler;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The event vm_lowmem: asks the registered handlers to free memory, while the request that found none waits for them
 * ({@link ForeignCalls}).
 *
 * <p>No kernel lock is held during the calls. A request that a handler makes in the thread that calls it does not raise the event again,
 * and does not wait.
 */
public final class LowMemory {

    /** Bound in the thread that runs a handler. */
    private static final ScopedValue<Boolean> RAISING = ScopedValue.newInstance();

    private final FailPoints failPoints;
    private final List<LowMemoryHandler> handlers = new CopyOnWriteArrayList<>();
    private final ForeignCalls calls;
    private final BiConsumer<LowMemoryHandler, Throwable> failed;
    private final Consumer<LowMemoryHandler> late;

    /**
     * Creates an event without handlers.
     *
     * @param calls runs the handlers, each in its own thread
     * @param failed receives a handler and the throwable that it has thrown, in the handler's thread
     * @param late receives a handler that has not returned within a second, in the thread that raises the event
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

    /** Registers a handler. Handlers are called in the order of their registration. */
    public void register(LowMemoryHandler handler) {
        handlers.add(handler);
    }

    /** Removes a handler. An event that is being raised may still call it. */
    public void deregister(LowMemoryHandler handler) {
        handlers.remove(handler);
    }

    /**
     * Calls the handlers one after the other, and waits for each at most one second. An exception of a handler does not keep the others
     * from being called. A handler that has not returned from an earlier call is left out.
     *
     * @throws OutOfMemoryError if no thread can be started for a handler; the remaining handlers are not called
     * @throws java.util.concurrent.CancellationException if the {@link ForeignCalls} are closed meanwhile
     */
    public void raise() {
        for (LowMemoryHandler handler : handlers) {
            if (!calls.isLate(handler)) {
                calls.run(handler, () -> ask(handler), () -> late.accept(handler));
            }
        }
    }

    /**
     * Returns whether the calling thread is running a handler. It is false in threads that the handler has started, except for subtasks of
     * a {@code StructuredTaskScope}.
     */
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
