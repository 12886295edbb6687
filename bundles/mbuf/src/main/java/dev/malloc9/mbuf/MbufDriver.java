package dev.malloc9.mbuf;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.runtime.LowMemoryHandler;
import dev.malloc9.api.sysctl.DriverKnob;
import dev.malloc9.api.sysctl.Sysctl;
import dev.malloc9.api.zone.Zones;
import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The driver {@code mbuf}. While there is a kernel, it registers the service {@link Mbufs}, its knobs, and a handler of low memory. */
@Component(service = MbufDriver.class, immediate = true)
public final class MbufDriver {

    private final Mbufs mbufs;
    private final List<ServiceRegistration<?>> services = new ArrayList<>();

    /**
     * Attaches to a kernel. Registering the knobs applies the tunables, so it precedes the registration of {@link Mbufs}.
     *
     * @param context the context of this bundle, in which the services are registered
     * @param zones the kernel's service for zones
     * @param malloc the kernel's allocator, for tags
     * @param sysctl the kernel's knobs, for kern.maxusers
     */
    @Activate
    public MbufDriver(
            BundleContext context, @Reference Zones zones, @Reference Malloc malloc, @Reference Sysctl sysctl) {
        mbufs = new Mbufs(zones, malloc, Integer.parseInt(sysctl.readText("kern.maxusers")));
        for (DriverKnob knob : mbufs.knobs()) {
            services.add(context.registerService(DriverKnob.class, knob, null));
        }
        services.add(context.registerService(LowMemoryHandler.class, mbufs.drains(), null));
        services.add(context.registerService(Mbufs.class, mbufs, null));
    }

    /**
     * Detaches from the kernel. The services are unregistered in reverse order, so that users of {@link Mbufs} stop first. Then all
     * views end and the zones are destroyed.
     */
    @Deactivate
    public void detach() {
        services.reversed().forEach(ServiceRegistration::unregister);
        mbufs.close();
    }
}
