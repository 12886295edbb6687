package dev.malloc9.itests.drivers;

import static dev.malloc9.api.MallocFlags.M_WAITOK;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.util.Objects;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A driver that leaks a block, and sets the interrupt flag of the thread that starts or stops it. */
@SuppressWarnings("ReturnValueIgnored") // the block is leaked on purpose
public final class InterruptingDriver implements BundleActivator {

    @MallocDefine(name = "interrupting", description = "A leaked block")
    static final MallocType M_INTERRUPTING = MallocType.define();

    @Override
    public void start(BundleContext context) {
        context.getService(Objects.requireNonNull(context.getServiceReference(Malloc.class)))
                .malloc(64, M_INTERRUPTING, M_WAITOK);
        Thread.currentThread().interrupt();
    }

    @Override
    public void stop(BundleContext context) {
        Thread.currentThread().interrupt();
    }
}
