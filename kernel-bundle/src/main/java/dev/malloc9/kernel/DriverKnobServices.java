package dev.malloc9.kernel;

import dev.malloc9.api.sysctl.DriverKnob;
import dev.malloc9.api.sysctl.Sysctl;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.util.tracker.ServiceTracker;

/**
 * A tracker of drivers' knobs in a framework: each service of type {@link DriverKnob} is in the tree while it is registered.
 *
 * <p>Each addition and removal increments the property {@code service.changecount} of the service {@link Sysctl}. A knob that is refused is
 * not tracked and not counted.
 */
final class DriverKnobServices extends ServiceTracker<DriverKnob, DriverKnob> {

    private final DriverKnobs knobs;
    private final ServiceRegistration<Sysctl> sysctl;
    private final AtomicLong changes = new AtomicLong();

    DriverKnobServices(BundleContext context, DriverKnobs knobs, ServiceRegistration<Sysctl> sysctl) {
        super(context, DriverKnob.class, null);
        this.knobs = knobs;
        this.sysctl = sysctl;
    }

    @Override
    public @Nullable DriverKnob addingService(ServiceReference<DriverKnob> reference) {
        @Nullable DriverKnob knob = super.addingService(reference);
        if (knob != null && !knobs.add(knob)) {
            context.ungetService(reference);
            return null;
        }
        tell();
        return knob;
    }

    @Override
    public void removedService(ServiceReference<DriverKnob> reference, DriverKnob knob) {
        knobs.remove(knob);
        super.removedService(reference, knob);
        tell();
    }

    /** Increments the property {@code service.changecount}. */
    private void tell() {
        try {
            sysctl.setProperties(
                    FrameworkUtil.asDictionary(Map.of(Constants.SERVICE_CHANGECOUNT, changes.incrementAndGet())));
        } catch (IllegalStateException gone) {
            // The kernel is stopping, and its service was unregistered first.
            changes.set(0);
        }
    }
}
