package dev.malloc9.shell.kld;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * The refresh of the framework's wires, with a wait for its end. The framework stops the running users of a refreshed bundle, and starts
 * them again. Without a refresh, a new module can be wired to the former content of an updated or uninstalled one.
 */
final class Rewiring {

    private static final int SECONDS = 10;

    private final FrameworkWiring wiring;

    Rewiring(BundleContext context) {
        wiring = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).adapt(FrameworkWiring.class);
    }

    /**
     * Rewires the users of uninstalled and updated bundles; has no effect if there are none. Returns a warning if the refresh takes longer
     * than ten seconds.
     */
    Optional<String> refreshRemoved() {
        Collection<Bundle> pending = wiring.getRemovalPendingBundles();
        return pending.isEmpty() ? Optional.empty() : refresh(pending);
    }

    /** Rewires these bundles and their users. Returns a warning if the refresh takes longer than ten seconds. */
    Optional<String> refresh(Collection<Bundle> bundles) {
        CountDownLatch refreshed = new CountDownLatch(1);
        wiring.refreshBundles(bundles, event -> refreshed.countDown());
        return await(refreshed) ? Optional.empty() : Optional.of(Messages.notRefreshed(bundles));
    }

    /**
     * Waits at most ten seconds for the refresh, even if a module's stop has left the thread interrupted. Restores the interrupt flag
     * before it returns. Returns whether the refresh has ended.
     */
    private static boolean await(CountDownLatch refreshed) {
        boolean interrupted = Thread.interrupted();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        try {
            while (true) {
                try {
                    return refreshed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
