package malloc9.samples.uaf;

import static malloc9.api.MallocFlags.M_WAITOK;

import malloc9.api.MallocDefine;
import malloc9.api.MallocType;
import malloc9.api.raw.RawMalloc;
import malloc9.api.raw.RawMemory;
import malloc9.api.runtime.Level;
import malloc9.api.runtime.MallocOperator;
import malloc9.api.runtime.ModuleId;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A driver that writes to a block by its address after it freed it, as one does who kept a second pointer. The block is in quarantine
 * and full of trash: the kernel tells when somebody asks it to look, or as the block leaves. Under MemGuard
 * ({@code sysctl vm.memguard.desc=uaf}) the write itself is the exception.
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

    /** Does not wait until the block leaves the quarantine, or {@code vm.malloc.verify_interval} is over. */
    @Override
    public void stop(BundleContext context) {
        operator(context).verify();
    }

    /** Level I for the driver's own type; {@code sysctl debug.malloc.level=I} does it for all. */
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
