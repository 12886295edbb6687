package dev.malloc9.api;

import dev.malloc9.api.module.ModuleLinker;
import dev.malloc9.api.runtime.ModuleId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/**
 * The activator of a bundle that declares memory types: it asks the kernel to accept the bundle's types, then starts the driver's own
 * activator.
 *
 * <p>The driver's own activator is the first {@code BundleActivator} among the classes that the manifest lists as
 * {@code Malloc9-Activator}. There need not be one.
 *
 * <p>A refused bundle does not become ACTIVE, and its own activator does not run. A bundle is also refused if a listed class has a
 * {@link MallocDefine} that the manifest does not declare.
 *
 * <p>If no kernel is running, no kernel checks the types at this point. A kernel that starts later registers the bundle's types, or stops
 * the bundle. A driver that fails to start while no kernel is running fails with an exception that names the missing kernel.
 */
public final class DriverActivator implements BundleActivator {

    /** The manifest header that lists the classes among which the driver's own activator is found, separated by commas. */
    public static final String DRIVER_ACTIVATOR = "Malloc9-Activator";

    /** The driver's own activator while the bundle is started, or null. */
    private @Nullable BundleActivator driver;

    /** Creates the activator; called by the framework. */
    public DriverActivator() {}

    /**
     * Checks the declared types, asks the kernel to register them, and starts the driver's own activator.
     *
     * @throws KernelPanic if the kernel refuses the bundle's types
     * @throws InvalidRequest if a listed class declares a type that the manifest does not declare
     * @throws BundleException if a listed class cannot be loaded or instantiated, or if the driver fails to start without a kernel
     * @throws Exception the exception of the driver's own activator
     */
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

    /**
     * Stops the driver's own activator, if it was started. The kernel unregisters the types after this method has returned.
     *
     * @throws Exception the exception of the driver's own activator
     */
    @Override
    public void stop(BundleContext context) throws Exception {
        BundleActivator own = driver;
        driver = null;
        if (own != null) {
            own.stop(context);
        }
    }

    /** Asks the running kernel to register the bundle's types, and returns whether a kernel is running. */
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

    /**
     * Starts the driver's own activator without a kernel. If that fails, throws an exception that names the missing kernel. The exception
     * has no cause but a suppressed one: a shell that prints only the root cause then prints the exception itself.
     */
    private static void startWithoutKernel(BundleActivator own, BundleContext context) throws BundleException {
        try {
            own.start(context);
        } catch (Exception | LinkageError e) {
            BundleException stopped = new BundleException(
                    "no malloc9 kernel is running: "
                            + ModuleId.shortName(context.getBundle().getSymbolicName()) + " needs the bundle"
                            + " dev.malloc9.kernel started to start itself (" + e + ")",
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

    /**
     * Creates an instance of the first listed class that is an activator; returns null if there is none. The other classes only declare
     * types.
     */
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
