package malloc9.kernel;

import java.util.Map;
import malloc9.api.runtime.ModuleId;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.util.tracker.ServiceTracker;

/** The console of a kernel in a framework: standard output, the OSGi Log Service and the Event Admin where there are any. */
final class LogConsole implements Console {

    private final BundleContext context;
    private final ServiceTracker<LoggerFactory, LoggerFactory> factories;
    private final @Nullable EventPost events;

    LogConsole(BundleContext context) {
        this.context = context;
        this.factories = new ServiceTracker<>(context, LoggerFactory.class, null);
        factories.open();
        this.events = events(context);
    }

    @Override
    public void warn(String logger, String line) {
        System.out.println(line);
        log(logger, line);
    }

    @Override
    public void log(String logger, String line) {
        @Nullable Logger log = logger(logger);
        if (log != null) {
            log.warn("{}", line);
        }
    }

    @Override
    public void inform(String logger, String line) {
        @Nullable Logger log = logger(logger);
        if (log != null) {
            log.info("{}", line);
        }
    }

    @Override
    public void post(String topic, ModuleId module, Map<String, Object> properties) {
        if (events != null) {
            events.post(topic, module, properties);
        }
    }

    private @Nullable Logger logger(String name) {
        @Nullable LoggerFactory factory = factories.getService();
        return factory == null ? null : factory.getLogger(context.getBundle(), name, Logger.class);
    }

    /** Its package is imported where there is one. */
    private static @Nullable EventPost events(BundleContext context) {
        try {
            return new EventPost(context);
        } catch (NoClassDefFoundError withoutEventAdmin) {
            return null;
        }
    }

    void close() {
        if (events != null) {
            events.close();
        }
        factories.close();
    }
}
