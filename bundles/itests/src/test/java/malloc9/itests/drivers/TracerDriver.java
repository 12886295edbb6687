package malloc9.itests.drivers;

import static malloc9.api.MallocFlags.M_WAITOK;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.LongFunction;
import malloc9.api.Malloc;
import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A driver that leaves a trace of each step of its life: a block of 64 bytes from its start, one of 128 bytes from its
 * stop. In between it allocates for who asks, as a {@code LongFunction} service.
 */
public final class TracerDriver implements BundleActivator {

    @MallocDefine(name = "tracer", description = "Traces of start and stop")
    static final MallocType M_TRACER = MallocType.define();

    private BundleContext context;

    @Override
    public void start(BundleContext bundleContext) {
        context = bundleContext;
        allocate(64);
        LongFunction<MemorySegment> door = this::allocate;
        bundleContext.registerService(LongFunction.class, door, null);
    }

    @Override
    public void stop(BundleContext bundleContext) {
        allocate(128);
    }

    private MemorySegment allocate(long size) {
        Malloc malloc = context.getService(Objects.requireNonNull(context.getServiceReference(Malloc.class)));
        return malloc.malloc(size, M_TRACER, M_WAITOK);
    }
}
