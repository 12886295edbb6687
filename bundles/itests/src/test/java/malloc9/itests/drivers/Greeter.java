package malloc9.itests.drivers;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** An activator that knows nothing of malloc9; its bundle's manifest is what a test is about. */
public final class Greeter implements BundleActivator {

    @Override
    public void start(BundleContext context) {}

    @Override
    public void stop(BundleContext context) {}
}
