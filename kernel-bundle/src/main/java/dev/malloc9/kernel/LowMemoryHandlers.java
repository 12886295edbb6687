package dev.malloc9.kernel;

import dev.malloc9.api.runtime.LowMemoryHandler;
import dev.malloc9.vm.LowMemory;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/**
 * A tracker of low-memory handlers in a framework. Each service of type {@link LowMemoryHandler} is registered with the event vm_lowmem,
 * until the service is unregistered or the tracker is closed.
 */
final class LowMemoryHandlers extends ServiceTracker<LowMemoryHandler, LowMemoryHandler> {

    private final LowMemory lowMemory;

    LowMemoryHandlers(BundleContext context, LowMemory lowMemory) {
        super(context, LowMemoryHandler.class, null);
        this.lowMemory = lowMemory;
    }

    @Override
    public @Nullable LowMemoryHandler addingService(ServiceReference<LowMemoryHandler> reference) {
        @Nullable LowMemoryHandler handler = super.addingService(reference);
        if (handler != null) {
            lowMemory.register(handler);
        }
        return handler;
    }

    @Override
    public void removedService(ServiceReference<LowMemoryHandler> reference, LowMemoryHandler handler) {
        lowMemory.deregister(handler);
        super.removedService(reference, handler);
    }
}
