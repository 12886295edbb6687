package dev.malloc9.testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.ops4j.pax.exam.ProbeInvoker;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/**
 * The inside half of the driver: runs the Jupiter engine in the framework on one test, given by its unique id.
 *
 * <p>The class and its method are public because the forked container calls them by reflection.
 */
public final class JupiterInvoker implements ProbeInvoker {

    private final Bundle probe;

    JupiterInvoker(Bundle probe) {
        this.probe = probe;
    }

    /**
     * Runs the test whose unique id is the only argument.
     *
     * @throws IllegalStateException in the form of {@link RemoteFailure#pack} if the test did not succeed
     */
    @Override
    public void call(Object... arguments) {
        String uniqueId = (String) arguments[0];
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Jupiter loads the test class through the context class loader.
        thread.setContextClassLoader(probe.adapt(BundleWiring.class).getClassLoader());
        try {
            TestOutcome outcome = new TestOutcome();
            launcher()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectUniqueId(uniqueId))
                                    .build(),
                            outcome);
            outcome.throwUnlessSuccessful(uniqueId);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Creates a launcher with the Jupiter engine alone. Nothing is looked up through ServiceLoader, which does not see bundles. */
    private static Launcher launcher() {
        return LauncherFactory.create(LauncherConfig.builder()
                .enableTestEngineAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableLauncherDiscoveryListenerAutoRegistration(false)
                .enablePostDiscoveryFilterAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .addTestEngines(new JupiterTestEngine())
                .build());
    }
}
