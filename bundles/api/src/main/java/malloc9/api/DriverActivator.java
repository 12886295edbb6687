package malloc9.api;

import malloc9.api.module.ModuleLinker;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/**
 * The activator of every bundle that declares a memory type: asks the kernel for its verdict, then calls the driver's
 * own activator, the first one among the classes that the manifest lists as {@code Malloc9-Activator}.
 *
 * <p>A refused bundle does not become ACTIVE, and its own activator does not run. Without a running kernel there is
 * no verdict; a kernel that comes later registers the bundle's types, or stops it.
 */
public final class DriverActivator implements BundleActivator {

    /** The manifest header that lists the classes among which the driver's own activator is found. */
    public static final String DRIVER_ACTIVATOR = "Malloc9-Activator";

    private @Nullable BundleActivator driver;

    /** For the framework. */
    public DriverActivator() {}

    @Override
    public void start(BundleContext context) throws Exception {
        askKernel(context);
        BundleActivator own = newDriver(context.getBundle());
        if (own != null) {
            own.start(context);
            driver = own;
        }
    }

    @Override
    public void stop(BundleContext context) throws Exception {
        BundleActivator own = driver;
        driver = null;
        if (own != null) {
            own.stop(context);
        }
    }

    private static void askKernel(BundleContext context) {
        ServiceReference<ModuleLinker> reference = context.getServiceReference(ModuleLinker.class);
        ModuleLinker linker = reference == null ? null : context.getService(reference);
        if (linker != null) {
            try {
                linker.load(context.getBundle());
            } finally {
                context.ungetService(reference);
            }
        }
    }

    /** The first class that the header lists and that is an activator; the others merely declare types. */
    private static @Nullable BundleActivator newDriver(Bundle bundle) throws BundleException {
        String header = bundle.getHeaders("").get(DRIVER_ACTIVATOR);
        for (String name : header == null ? new String[0] : header.split(",", -1)) {
            try {
                Class<?> candidate = bundle.loadClass(name.strip());
                if (BundleActivator.class.isAssignableFrom(candidate)) {
                    return candidate
                            .asSubclass(BundleActivator.class)
                            .getDeclaredConstructor()
                            .newInstance();
                }
            } catch (ReflectiveOperationException e) {
                throw new BundleException(
                        DRIVER_ACTIVATOR + " of " + bundle + " names '" + name.strip()
                                + "', which cannot be loaded or has no public constructor without parameters",
                        BundleException.ACTIVATOR_ERROR,
                        e);
            }
        }
        return null;
    }
}
