package dev.malloc9.itests.drivers;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.LongFunction;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A driver that leaves a block at each step of its life: 64 bytes from its start, and 128 bytes from its stop. In between it allocates
 * blocks for tests, as a {@code LongFunction} service. The argument is the size in bytes.
 */
@SuppressWarnings({"NullAway.Init", "ReturnValueIgnored"}) // start() assigns the field; the blocks are left on purpose
public final class TracerDriver implements BundleActivator {

    @MallocDefine(name = "tracer", description = "Traces of start and stop")
    static final MallocType M_TRACER = MallocType.define();

    private Malloc malloc;

    @Override
    public void start(BundleContext context) {
        malloc = context.getService(Objects.requireNonNull(context.getServiceReference(Malloc.class)));
        LongFunction<MemorySegment> door = size -> malloc.malloc(size, M_TRACER, M_WAITOK);
        door.apply(64);
        context.registerService(LongFunction.class, door, null);
    }

    @Override
    public void stop(BundleContext context) {
        malloc.malloc(128, M_TRACER, M_WAITOK);
    }
}
