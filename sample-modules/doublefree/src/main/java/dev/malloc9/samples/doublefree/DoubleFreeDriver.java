package dev.malloc9.samples.doublefree;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A driver that frees a block twice, prints the exception of the second free, and keeps running. {@code panics} shows the record,
 * and {@code vmstat -m} subtracts the block once.
 */
public final class DoubleFreeDriver implements BundleActivator {

    @MallocDefine(name = "doublefree", description = "A block that is freed twice, and one that is not")
    static final MallocType M_DOUBLEFREE = MallocType.define();

    /** The buffer that the driver uses after the error. */
    private MemorySegment buffer = MemorySegment.NULL;

    @Override
    public void start(BundleContext context) {
        Malloc malloc = context.getService(context.getServiceReference(Malloc.class));
        MemorySegment block = malloc.malloc(512, M_DOUBLEFREE, M_WAITOK);
        malloc.free(block, M_DOUBLEFREE);
        try {
            malloc.free(block, M_DOUBLEFREE);
        } catch (InvalidFree told) {
            System.out.println("doublefree: " + told.reason() + ": " + told.getMessage());
        }
        buffer = malloc.malloc(2048, M_DOUBLEFREE, M_WAITOK);
    }

    @Override
    public void stop(BundleContext context) {
        Malloc malloc = context.getService(context.getServiceReference(Malloc.class));
        malloc.free(buffer, M_DOUBLEFREE);
    }
}
