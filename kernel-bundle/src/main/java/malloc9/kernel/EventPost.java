package malloc9.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import malloc9.api.runtime.ModuleId;
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
 * Posts the kernel's events to the Event Admin there is, in a thread of its own, so that whoever tells of one may hold locks. While nothing
 * is told there is no such thread; what is too much is dropped, oldest first.
 */
final class EventPost implements AutoCloseable {

    private static final int WAITING = 1_024;
    private static final long IDLE_SECONDS = 5;

    private final BundleContext context;
    private final ServiceTracker<EventAdmin, EventAdmin> admins;
    private final ThreadPoolExecutor thread;

    /** @throws NoClassDefFoundError if the framework has no Event Admin's package */
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

    /** Posts an event about a module, now or soon. */
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

    /** Whether anybody listens to any event: Event Admin starts a thread for events that nobody wants, too. */
    private boolean hasListeners() {
        try {
            return context.getAllServiceReferences(EventHandler.class.getName(), null) != null;
        } catch (InvalidSyntaxException impossible) {
            return true;
        }
    }

    /** Posts what waits. */
    @Override
    public void close() {
        thread.close();
        admins.close();
    }
}
