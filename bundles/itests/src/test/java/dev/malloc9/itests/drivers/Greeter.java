package dev.malloc9.itests.drivers;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** An activator that does nothing and does not use malloc9. A test that uses it concerns the manifest of its bundle. */
public final class Greeter implements BundleActivator {

    @Override
    public void start(BundleContext context) {}

    @Override
    public void stop(BundleContext context) {}
}
