package dev.malloc9.kernel;

import dev.malloc9.api.runtime.ModuleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;

/** The console of a kernel in a framework: standard output, and the OSGi Log Service and the Event Admin if they exist. */
final class LogConsole implements Console {

    private final List<String> absences = new ArrayList<>();
    private final @Nullable LogLines log;
    private final @Nullable EventPost events;

    LogConsole(BundleContext context) {
        this.log = log(context);
        this.events = events(context);
    }

    @Override
    public void warn(String logger, String line) {
        Console.print(System.out, line);
        log(logger, line);
    }

    @Override
    public void log(String logger, String line) {
        if (log != null) {
            log.warn(logger, line);
        }
    }

    @Override
    public void inform(String logger, String line) {
        if (log != null) {
            log.inform(logger, line);
        }
    }

    @Override
    public void post(String topic, ModuleId module, Map<String, Object> properties) {
        if (events != null) {
            events.post(topic, module, properties);
        }
    }

    @Override
    public List<String> absences() {
        return absences;
    }

    /**
     * Returns the connection to the Log Service, or null. The import of its package is optional; without the package, the class
     * {@link LogLines} cannot be linked.
     */
    private @Nullable LogLines log(BundleContext context) {
        try {
            return new LogLines(context);
        } catch (NoClassDefFoundError noPackage) {
            absences.add(Messages.NO_LOG);
            return null;
        }
    }

    /**
     * Returns the connection to the Event Admin, or null. The import of its package is optional; without the package, the class
     * {@link EventPost} cannot be linked.
     */
    private @Nullable EventPost events(BundleContext context) {
        try {
            return new EventPost(context);
        } catch (NoClassDefFoundError noPackage) {
            absences.add(Messages.NO_EVENTS);
            return null;
        }
    }

    /** Posts the waiting events, and closes the connections. */
    void close() {
        if (events != null) {
            events.close();
        }
        if (log != null) {
            log.close();
        }
    }
}
