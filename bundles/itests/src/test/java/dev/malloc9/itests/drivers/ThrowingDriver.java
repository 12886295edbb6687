package dev.malloc9.itests.drivers;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.util.Objects;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A driver whose start allocates a block and then throws an exception. */
public final class ThrowingDriver implements BundleActivator {

    @MallocDefine(name = "thrower", description = "Memory of a driver that fails")
    static final MallocType M_THROWER = MallocType.define();

    @Override
    public void start(BundleContext context) {
        Malloc malloc = context.getService(Objects.requireNonNull(context.getServiceReference(Malloc.class)));
        malloc.malloc(500, M_THROWER, M_WAITOK);
        throw new IllegalStateException("no card found");
    }

    @Override
    public void stop(BundleContext context) {}
}
