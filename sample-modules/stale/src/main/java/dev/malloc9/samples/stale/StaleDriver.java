package dev.malloc9.samples.stale;

import static dev.malloc9.api.MallocFlags.M_WAITOK;
import static dev.malloc9.api.MallocFlags.M_ZERO;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.samples.holder.Holder;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/**
 * A driver that gives {@code holder} a segment and does not take it back when it is unloaded. {@code holder:read} then finds a stale
 * segment, and gets an exception instead of the memory of another block.
 */
public final class StaleDriver implements BundleActivator {

    @MallocDefine(name = "stale", description = "A segment that outlives its driver in other hands")
    static final MallocType M_STALE = MallocType.define();

    @Override
    public void start(BundleContext context) throws BundleException {
        // The service is looked up by its name, since the class Holder is missing if the bundle holder is not loaded.
        ServiceReference<?> holder = context.getServiceReference("dev.malloc9.samples.holder.Holder");
        if (holder == null) {
            throw new BundleException(
                    "stale needs a holder for its segment: load holder first (kldload holder)",
                    BundleException.ACTIVATOR_ERROR);
        }
        Malloc malloc = context.getService(context.getServiceReference(Malloc.class));
        MemorySegment block = malloc.malloc(64, M_STALE, M_WAITOK | M_ZERO);
        block.set(ValueLayout.JAVA_BYTE, 0, (byte) 42);
        ((Holder) context.getService(holder)).keep(block);
    }

    @Override
    public void stop(BundleContext context) {
        // A correct driver would take its segment back and free it.
    }
}
