package dev.malloc9.kernel;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.TypeAccounting;
import dev.malloc9.api.module.ModuleLinker;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.raw.RawMemory;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.zone.Zones;
import dev.malloc9.module.Modules;
import dev.malloc9.vm.WaitClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/**
 * Boots the kernel when its bundle starts, and closes the kernel when the bundle stops.
 *
 * <p>At the start, the types of bundles that run already are registered before the kernel's services. At the stop, the services are
 * unregistered first, so that components with a mandatory reference can free their blocks. The remaining blocks are then revoked.
 */
public final class KernelActivator implements BundleActivator {

    private final List<ServiceRegistration<?>> services = new ArrayList<>();
    private @Nullable LogConsole console;
    private @Nullable Modules modules;
    private @Nullable Kernel kernel;
    private @Nullable LowMemoryHandlers handlers;
    private @Nullable DriverKnobServices knobs;

    /** Creates the activator; called by the framework. */
    public KernelActivator() {}

    @Override
    public void start(BundleContext context) {
        List<String> complaints = new ArrayList<>();
        String file = context.getProperty(LoaderConf.FILE);
        LoaderConf conf = file == null ? LoaderConf.NONE : LoaderConf.read(Path.of(file), complaints::add);
        Function<String, @Nullable String> environment = environment(context, conf);
        Tunables tunables = Tunables.from(environment);
        LogConsole said = new LogConsole(context);
        Modules linker = new Modules(Kernel.kernelModule(
                Modules.moduleId(context.getBundle()), context.getBundle().getLocation()));
        Kernel booted = Kernel.boot(tunables, linker, said, WaitClock.SYSTEM);
        booted.complain(complaints, context::getProperty);
        booted.complain(LoaderConfCheck.complaints(conf, context::getProperty, booted.sysctl()));
        console = said;
        modules = linker;
        kernel = booted;
        linker.follow(context, booted.subsystem(), booted::warn);
        handlers = new LowMemoryHandlers(context, booted.lowMemory());
        handlers.open();
        services.add(context.registerService(ModuleLinker.class, linker, null));
        services.add(context.registerService(Malloc.class, booted.malloc(), null));
        services.add(context.registerService(RawMalloc.class, booted.rawMalloc(), null));
        services.add(context.registerService(RawMemory.class, booted.rawMemory(), null));
        services.add(context.registerService(TypeAccounting.class, booted.accounting(), null));
        services.add(context.registerService(Zones.class, booted.zones(), null));
        services.add(context.registerService(MallocRuntime.class, booted.runtime(), null));
        services.add(context.registerService(MallocOperator.class, booted.operator(), null));
        ServiceRegistration<Sysctl> sysctl = context.registerService(Sysctl.class, booted.sysctl(), null);
        services.add(sysctl);
        knobs = new DriverKnobServices(context, booted.knobs(environment), sysctl);
        knobs.open();
    }

    /**
     * Returns the boot environment: framework and system properties, and loader.conf for names that they do not contain. In the same way, a
     * value that is typed at FreeBSD's loader takes precedence over its file.
     */
    private static Function<String, @Nullable String> environment(BundleContext context, LoaderConf conf) {
        return name -> {
            String property = context.getProperty(name);
            return property == null ? conf.get(name) : property;
        };
    }

    @Override
    public void stop(BundleContext context) {
        services.forEach(ServiceRegistration::unregister);
        services.clear();
        if (handlers != null) {
            handlers.close();
        }
        if (knobs != null) {
            knobs.close();
        }
        if (modules != null && kernel != null) {
            modules.unfollow(context, kernel::close);
        }
        if (console != null) {
            console.close();
        }
    }
}
