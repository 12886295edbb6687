package dev.malloc9.samples.leaky;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A driver that never frees its three buffers. {@code kldunload leaky} reports the leak. */
public final class LeakyDriver implements BundleActivator {

    @MallocDefine(name = "leaky", description = "Buffers that are never freed")
    static final MallocType M_LEAKY = MallocType.define();

    @Override
    public void start(BundleContext context) {
        Malloc malloc = context.getService(context.getServiceReference(Malloc.class));
        for (int i = 0; i < 3; i++) {
            malloc.malloc(2048, M_LEAKY, M_WAITOK);
        }
    }

    @Override
    public void stop(BundleContext context) {
        // A correct driver would free its buffers here.
    }
}
