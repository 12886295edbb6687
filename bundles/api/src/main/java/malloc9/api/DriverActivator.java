package malloc9.api;

import java.util.ArrayList;
import java.util.List;
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
 * <p>A refused bundle does not become ACTIVE, and its own activator does not run. A bundle is refused too if one of the
 * listed classes has a {@link MallocDefine} that the manifest does not declare. Without a running kernel there is
 * no verdict; a kernel that comes later registers the bundle's types, or stops it. A driver that fails to start while
 * no kernel runs fails with an exception that says so.
 */
public final class DriverActivator implements BundleActivator {

    /** The manifest header that lists the classes among which the driver's own activator is found. */
    public static final String DRIVER_ACTIVATOR = "Malloc9-Activator";

    private @Nullable BundleActivator driver;

    /** For the framework. */
    public DriverActivator() {}

    @Override
    public void start(BundleContext context) throws Exception {
        List<Class<?>> listed = listedClasses(context.getBundle());
        DeclaredTypes.check(context.getBundle(), listed);
        boolean kernelRuns = askKernel(context);
        BundleActivator own = newDriver(context.getBundle(), listed);
        if (own == null) {
            return;
        }
        if (kernelRuns) {
            own.start(context);
        } else {
            startWithoutKernel(own, context);
        }
        driver = own;
    }

    @Override
    public void stop(BundleContext context) throws Exception {
        BundleActivator own = driver;
        driver = null;
        if (own != null) {
            own.stop(context);
        }
    }

    /** @return whether a kernel runs */
    private static boolean askKernel(BundleContext context) {
        ServiceReference<ModuleLinker> reference = context.getServiceReference(ModuleLinker.class);
        ModuleLinker linker = reference == null ? null : context.getService(reference);
        if (linker == null) {
            return false;
        }
        try {
            linker.load(context.getBundle());
        } finally {
            context.ungetService(reference);
        }
        return true;
    }

    /** The exception has no cause, so that a shell that prints the root of all causes prints it. */
    private static void startWithoutKernel(BundleActivator own, BundleContext context) throws BundleException {
        try {
            own.start(context);
        } catch (Exception | LinkageError e) {
            BundleException stopped = new BundleException(
                    "no malloc9 kernel is running: " + context.getBundle().getSymbolicName() + " needs the bundle"
                            + " malloc9.kernel started to start itself (" + e + ")",
                    BundleException.ACTIVATOR_ERROR);
            stopped.addSuppressed(e);
            throw stopped;
        }
    }

    private static List<Class<?>> listedClasses(Bundle bundle) throws BundleException {
        List<Class<?>> classes = new ArrayList<>();
        String header = bundle.getHeaders("").get(DRIVER_ACTIVATOR);
        for (String name : header == null ? new String[0] : header.split(",", -1)) {
            try {
                classes.add(bundle.loadClass(name.strip()));
            } catch (ClassNotFoundException e) {
                throw cannotLoad(bundle, name.strip(), e);
            }
        }
        return classes;
    }

    /** The first class that is an activator; the others merely declare types. */
    private static @Nullable BundleActivator newDriver(Bundle bundle, List<Class<?>> listed) throws BundleException {
        for (Class<?> candidate : listed) {
            if (BundleActivator.class.isAssignableFrom(candidate)) {
                try {
                    return candidate
                            .asSubclass(BundleActivator.class)
                            .getDeclaredConstructor()
                            .newInstance();
                } catch (ReflectiveOperationException e) {
                    throw cannotLoad(bundle, candidate.getName(), e);
                }
            }
        }
        return null;
    }

    private static BundleException cannotLoad(Bundle bundle, String name, ReflectiveOperationException e) {
        return new BundleException(
                DRIVER_ACTIVATOR + " of " + bundle + " names '" + name
                        + "', which cannot be loaded or has no public constructor without parameters",
                BundleException.ACTIVATOR_ERROR,
                e);
    }
}
