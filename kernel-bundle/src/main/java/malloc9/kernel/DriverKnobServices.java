package malloc9.kernel;

import malloc9.api.sysctl.DriverKnob;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** The framework's knobs of drivers: every such service is in the tree, while it is registered. */
final class DriverKnobServices extends ServiceTracker<DriverKnob, DriverKnob> {

    private final DriverKnobs knobs;

    DriverKnobServices(BundleContext context, DriverKnobs knobs) {
        super(context, DriverKnob.class, null);
        this.knobs = knobs;
    }

    @Override
    public @Nullable DriverKnob addingService(ServiceReference<DriverKnob> reference) {
        @Nullable DriverKnob knob = super.addingService(reference);
        if (knob != null && !knobs.add(knob)) {
            context.ungetService(reference);
            return null;
        }
        return knob;
    }

    @Override
    public void removedService(ServiceReference<DriverKnob> reference, DriverKnob knob) {
        knobs.remove(knob);
        super.removedService(reference, knob);
    }
}
