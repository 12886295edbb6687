package dev.malloc9.itests.drivers;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;

import dev.malloc9.api.Malloc;
import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import java.util.Objects;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A driver that leaks blocks of 1 MiB until malloc returns null. It writes to each page of each block. */
public final class HungryDriver implements BundleActivator {

    @MallocDefine(name = "hungry")
    static final MallocType M_HUNGRY = MallocType.define();

    private static final int BLOCK = 1 << 20;

    @Override
    public void start(BundleContext context) {
        Malloc malloc = context.getService(Objects.requireNonNull(context.getServiceReference(Malloc.class)));
        int blocks = 0;
        for (var block = malloc.malloc(BLOCK, M_HUNGRY, M_NOWAIT);
                block != null;
                block = malloc.malloc(BLOCK, M_HUNGRY, M_NOWAIT)) {
            block.fill((byte) 1);
            blocks++;
        }
        System.out.println("hungry: null after " + blocks + " blocks");
    }

    @Override
    public void stop(BundleContext context) {}
}
