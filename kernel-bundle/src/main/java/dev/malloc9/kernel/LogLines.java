package dev.malloc9.kernel;

import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.util.tracker.ServiceTracker;

/** A writer of the kernel's lines to the OSGi Log Service. While there is no such service, lines are dropped. */
final class LogLines implements AutoCloseable {

    private final BundleContext context;
    private final ServiceTracker<LoggerFactory, LoggerFactory> factories;

    /**
     * Creates a writer that follows the Log Service of the framework.
     *
     * @throws NoClassDefFoundError if the framework has no package of the Log Service
     */
    LogLines(BundleContext context) {
        this.context = context;
        this.factories = new ServiceTracker<>(context, LoggerFactory.class, null);
        factories.open();
    }

    void warn(String logger, String line) {
        @Nullable Logger log = logger(logger);
        if (log != null) {
            log.warn("{}", line);
        }
    }

    void inform(String logger, String line) {
        @Nullable Logger log = logger(logger);
        if (log != null) {
            log.info("{}", line);
        }
    }

    private @Nullable Logger logger(String name) {
        @Nullable LoggerFactory factory = factories.getService();
        return factory == null ? null : factory.getLogger(context.getBundle(), name, Logger.class);
    }

    @Override
    public void close() {
        factories.close();
    }
}
