package dev.malloc9.samples.uaf;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import dev.malloc9.api.raw.RawMalloc;
import dev.malloc9.api.raw.RawMemory;
import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.MallocOperator;
import dev.malloc9.api.runtime.ModuleId;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A driver that writes to a block by its address after freeing it, as if it had kept a second pointer. The block is in quarantine
 * and filled with trash. The kernel reports the write when it is asked to verify, or when the block leaves the quarantine. Under
 * MemGuard ({@code sysctl vm.memguard.desc=uaf}) the write itself throws.
 */
public final class UafDriver implements BundleActivator {

    @MallocDefine(name = "uaf", description = "A buffer that is used after its free")
    static final MallocType M_UAF = MallocType.define();

    private static final long SIZE = 100;
    private static final long COUNTER = 16;

    @Override
    public void start(BundleContext context) {
        watchClosely(context);
        RawMalloc malloc = context.getService(context.getServiceReference(RawMalloc.class));
        long buffer = malloc.malloc(SIZE, M_UAF, M_WAITOK);
        long counter = buffer + COUNTER;
        malloc.free(buffer, M_UAF);
        RawMemory memory = context.getService(context.getServiceReference(RawMemory.class));
        memory.putInt(counter, 1);
    }

    /**
     * Verifies the quarantine. Otherwise the report would come when the block leaves the quarantine, or after {@code
     * vm.malloc.verify_interval}.
     */
    @Override
    public void stop(BundleContext context) {
        operator(context).verify();
    }

    /** Sets the driver's own type to level I. {@code sysctl debug.malloc.level=I} does the same for all types. */
    private static void watchClosely(BundleContext context) {
        Bundle self = context.getBundle();
        operator(context)
                .level(
                        new ModuleId(self.getSymbolicName(), self.getVersion().toString(), self.getBundleId()),
                        "uaf",
                        Level.I);
    }

    private static MallocOperator operator(BundleContext context) {
        return context.getService(context.getServiceReference(MallocOperator.class));
    }
}
