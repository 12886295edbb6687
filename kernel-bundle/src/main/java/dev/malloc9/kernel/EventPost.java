package dev.malloc9.kernel;

import dev.malloc9.api.runtime.ModuleId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.Version;
import org.osgi.service.event.Event;
import org.osgi.service.event.EventAdmin;
import org.osgi.service.event.EventConstants;
import org.osgi.service.event.EventHandler;
import org.osgi.util.tracker.ServiceTracker;

/**
 * Posts the kernel's events to the Event Admin service, if there is one, in a thread of its own. The reporting thread may therefore hold
 * locks.
 *
 * <p>The thread ends after some idle seconds and is started again when needed. If too many events are waiting, the oldest is dropped.
 */
final class EventPost implements AutoCloseable {

    /** The largest number of waiting events. */
    private static final int WAITING = 1_024;
    /** The time in seconds after which the idle thread ends. */
    private static final long IDLE_SECONDS = 5;

    private final BundleContext context;
    private final ServiceTracker<EventAdmin, EventAdmin> admins;
    private final ThreadPoolExecutor thread;

    /**
     * Creates a post without a thread.
     *
     * @throws NoClassDefFoundError if the framework has no package of the Event Admin
     */
    EventPost(BundleContext context) {
        this.context = context;
        admins = new ServiceTracker<>(context, EventAdmin.class, null);
        admins.open();
        thread = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(WAITING),
                Thread.ofPlatform().daemon().name("malloc9-events").factory(),
                new ThreadPoolExecutor.DiscardOldestPolicy());
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * Posts an event about a module, asynchronously. The event is dropped if there is no Event Admin or no {@link EventHandler} service.
     * After {@link #close()} this method has no effect.
     */
    void post(String topic, ModuleId module, Map<String, Object> properties) {
        if (admins.getService() == null || !hasListeners()) {
            return;
        }
        Map<String, Object> all = new HashMap<>(properties);
        all.put(EventConstants.BUNDLE_ID, module.bundleId());
        all.put(EventConstants.BUNDLE_SYMBOLICNAME, module.name());
        all.put(EventConstants.BUNDLE_VERSION, Version.valueOf(module.version()));
        all.put(EventConstants.TIMESTAMP, System.currentTimeMillis());
        Event event = new Event(topic, all);
        thread.execute(() -> {
            @Nullable EventAdmin admin = admins.getService();
            if (admin != null) {
                admin.postEvent(event);
            }
        });
    }

    /**
     * Returns whether any event handler is registered. The check saves the thread that Event Admin starts even for events without a
     * handler.
     */
    private boolean hasListeners() {
        try {
            return context.getAllServiceReferences(EventHandler.class.getName(), null) != null;
        } catch (InvalidSyntaxException impossible) {
            return true;
        }
    }

    /** Posts the waiting events, and waits until that is done. */
    @Override
    public void close() {
        thread.close();
        admins.close();
    }
}
