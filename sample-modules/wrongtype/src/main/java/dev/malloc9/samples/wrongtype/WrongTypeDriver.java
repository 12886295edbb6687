package dev.malloc9.samples.wrongtype;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.InvalidFree;
import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.lang.foreign.MemorySegment;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A driver that frees a block under another one of its types, prints the exception, and keeps running. The statistics of neither
 * type change, and {@code panics} shows the record.
 */
public final class WrongTypeDriver implements BundleActivator {

    @MallocDefine(name = "wrongtype", description = "Frames")
    static final MallocType M_WRONGTYPE = MallocType.define();

    @MallocDefine(name = "wrongtype2", description = "Descriptors of frames")
    static final MallocType M_WRONGTYPE2 = MallocType.define();

    private MemorySegment frame = MemorySegment.NULL;

    @Override
    public void start(BundleContext context) {
        Malloc malloc = context.getService(context.getServiceReference(Malloc.class));
        frame = malloc.malloc(2048, M_WRONGTYPE, M_WAITOK);
        try {
            malloc.free(frame, M_WRONGTYPE2);
        } catch (InvalidFree told) {
            System.out.println("wrongtype: " + told.reason() + ": " + told.getMessage());
        }
    }

    @Override
    public void stop(BundleContext context) {
        Malloc malloc = context.getService(context.getServiceReference(Malloc.class));
        malloc.free(frame, M_WRONGTYPE);
    }
}
