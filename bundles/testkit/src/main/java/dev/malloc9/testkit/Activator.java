package dev.malloc9.testkit;

import java.util.Map;
import org.ops4j.pax.exam.ProbeInvokerFactory;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

/** Registers the inside half of the driver as a service for Pax Exam, which finds it by the property {@code driver}. */
public final class Activator implements BundleActivator {

    /** The name under which Pax Exam asks for this driver. */
    static final String DRIVER = "jupiter";

    /** Creates the activator. Called by the framework. */
    public Activator() {}

    @Override
    public void start(BundleContext context) {
        ProbeInvokerFactory factory = (probe, expression) -> new JupiterInvoker(((BundleContext) probe).getBundle());
        context.registerService(
                ProbeInvokerFactory.class, factory, FrameworkUtil.asDictionary(Map.of("driver", DRIVER)));
    }

    @Override
    public void stop(BundleContext context) {
        // The framework unregisters the service.
    }
}
