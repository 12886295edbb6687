package malloc9.vm;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import malloc9.api.runtime.LowMemoryHandler;

/**
 * The event vm_lowmem: who can do without some memory is asked to, in the thread of the request that found none.
 *
 * <p>No lock of the kernel is held meanwhile. A request that a handler itself makes does not raise the event again, and
 * does not wait.
 */
public final class LowMemory {

    private static final ScopedValue<Boolean> RAISING = ScopedValue.newInstance();

    private final FailPoints failPoints;
    private final List<LowMemoryHandler> handlers = new CopyOnWriteArrayList<>();
    private final BiConsumer<LowMemoryHandler, Throwable> failed;

    /** @param failed is told what a handler threw */
    public LowMemory(FailPoints failPoints, BiConsumer<LowMemoryHandler, Throwable> failed) {
        this.failPoints = failPoints;
        this.failed = failed;
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
        ScopedValue.where(RAISING, true).run(() -> handlers.forEach(this::ask));
    }

    /** Whether the caller is, directly or not, called by a handler. */
    static boolean isRaising() {
        return RAISING.isBound();
    }

    private void ask(LowMemoryHandler handler) {
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
