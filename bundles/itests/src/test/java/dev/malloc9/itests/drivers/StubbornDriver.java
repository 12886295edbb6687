package dev.malloc9.itests.drivers;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** An activator whose stop throws an exception. It does not use malloc9. */
public final class StubbornDriver implements BundleActivator {

    @Override
    public void start(BundleContext context) {}

    @Override
    public void stop(BundleContext context) {
        throw new IllegalStateException("still in use");
    }
}
