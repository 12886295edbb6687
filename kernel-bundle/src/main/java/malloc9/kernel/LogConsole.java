package malloc9.kernel;

import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.util.tracker.ServiceTracker;

/** The console of a kernel in a framework: standard output, and the OSGi Log Service where there is one. */
final class LogConsole implements Console {

    private final BundleContext context;
    private final ServiceTracker<LoggerFactory, LoggerFactory> factories;

    LogConsole(BundleContext context) {
        this.context = context;
        this.factories = new ServiceTracker<>(context, LoggerFactory.class, null);
        factories.open();
    }

    @Override
    public void warn(String logger, String line) {
        System.out.println(line);
        log(logger, line);
    }

    @Override
    public void log(String logger, String line) {
        @Nullable LoggerFactory factory = factories.getService();
        if (factory != null) {
            factory.getLogger(context.getBundle(), logger, Logger.class).warn("{}", line);
        }
    }

    void close() {
        factories.close();
    }
}
