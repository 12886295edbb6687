package dev.malloc9.samples.underrun;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.ModuleId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A driver that writes a header of eight bytes in front of its block, where the block has no room. It keeps the block by its
 * address. The kernel reports the underrun when the block is freed.
 */
public final class UnderrunDriver implements BundleActivator {

    @MallocDefine(name = "underrun", description = "A buffer with a header in front of it")
    static final MallocType M_UNDERRUN = MallocType.define();

    private static final long SIZE = 100;
    private static final long MAGIC = 0x4845_4144_4552_3938L;

    private long buffer;

    @Override
    public void start(BundleContext context) {
        watchClosely(context);
        buffer = raw(context).malloc(SIZE, M_UNDERRUN, M_WAITOK);
        MemorySegment.ofAddress(buffer - Long.BYTES)
                .reinterpret(Long.BYTES)
                .set(ValueLayout.JAVA_LONG_UNALIGNED, 0, MAGIC);
    }

    @Override
    public void stop(BundleContext context) {
        raw(context).free(buffer, M_UNDERRUN);
    }

    /** Sets the driver's own type to level I. {@code sysctl debug.malloc.level=I} does the same for all types. */
    private static void watchClosely(BundleContext context) {
        Bundle self = context.getBundle();
        context.getService(context.getServiceReference(MallocOperator.class))
                .level(
                        new ModuleId(self.getSymbolicName(), self.getVersion().toString(), self.getBundleId()),
                        "underrun",
                        Level.I);
    }

    private static RawMalloc raw(BundleContext context) {
        return context.getService(context.getServiceReference(RawMalloc.class));
    }
}
