package dev.malloc9.testkit;

import java.time.Duration;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;

/** A service that was waited for, held until this object is closed. */
final class AwaitedService<S> implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ServiceTracker<S, S> tracker;
    private final S service;

    private AwaitedService(ServiceTracker<S, S> tracker, S service) {
        this.tracker = tracker;
        this.service = service;
    }

    /**
     * Waits until the service is registered, for at most ten seconds.
     *
     * @throws ParameterResolutionException if the service is not registered within ten seconds, or the thread is interrupted
     */
    static <S> AwaitedService<S> of(Class<S> type, BundleContext context) {
        ServiceTracker<S, S> tracker = new ServiceTracker<>(context, type, null);
        tracker.open();
        try {
            S service = tracker.waitForService(PATIENCE.toMillis());
            if (service != null) {
                return new AwaitedService<>(tracker, service);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tracker.close();
        throw new ParameterResolutionException(
                "no service " + type.getName() + " within " + PATIENCE.toSeconds() + " s");
    }

    S get() {
        return service;
    }

    @Override
    public void close() {
        tracker.close();
    }
}
