package dev.malloc9.samples.legacy;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;

/**
 * A driver whose manifest is that of an older build. The kernel registers its type and counts its blocks as for a new build. A warning
 * says that the driver starts before its types are checked.
 *
 * <p>The old headers are in {@code bnd.bnd}, each with an explanation. The kernel accepts a descriptor without a version and without a
 * description.
 */
public final class LegacyDriver implements BundleActivator {

    @MallocDefine(name = "legacy")
    static final MallocType M_LEGACY = MallocType.define();

    private final MemorySegment[] buffers = new MemorySegment[4];

    @Override
    public void start(BundleContext context) throws BundleException {
        ServiceReference<Malloc> kernel = context.getServiceReference(Malloc.class);
        if (kernel == null) {
            // An old manifest requires no kernel, so a framework may start this driver without one.
            throw new BundleException("legacy needs a running malloc9 kernel", BundleException.ACTIVATOR_ERROR);
        }
        Malloc malloc = context.getService(kernel);
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = malloc.malloc(1024, M_LEGACY, M_WAITOK);
        }
    }

    @Override
    public void stop(BundleContext context) {
        Malloc malloc = context.getService(context.getServiceReference(Malloc.class));
        for (MemorySegment buffer : buffers) {
            malloc.free(buffer, M_LEGACY);
        }
    }
}
