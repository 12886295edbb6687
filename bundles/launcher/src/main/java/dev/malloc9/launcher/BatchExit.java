package dev.malloc9.launcher;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/**
 * The process's exit as a service. The shell's batch waits for this service, runs its commands, and passes the exit code to the service.
 *
 * <p>The service is registered once all bundles have been started. A batch that cannot run never uses the service, and the launcher detects
 * that.
 */
final class BatchExit {

    /** The service property that distinguishes this service from others of its type. */
    private static final String EXIT = "malloc9.exit";

    private static final long POLL_MILLIS = 20;

    private BatchExit() {}

    /**
     * Registers the service, and waits until the batch uses it.
     *
     * @param seconds the longest wait for the batch to begin
     * @throws BootFailed if the batch does not begin in time
     */
    static void offer(BundleContext context, long seconds) throws BootFailed, InterruptedException {
        IntConsumer exit = System::exit;
        ServiceRegistration<IntConsumer> registration =
                context.registerService(IntConsumer.class, exit, FrameworkUtil.asDictionary(Map.of(EXIT, true)));
        ServiceReference<IntConsumer> offered = registration.getReference();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (offered.getUsingBundles() == null) {
            if (System.nanoTime() - deadline > 0) {
                throw new BootFailed(
                        "the batch did not begin within " + seconds + " s: no bundle of the distribution runs it");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
