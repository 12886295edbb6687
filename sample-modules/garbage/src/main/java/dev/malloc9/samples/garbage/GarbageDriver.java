package dev.malloc9.samples.garbage;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/**
 * A driver whose type descriptor is garbage. {@code kldload garbage} panics, {@code panics} shows the record, and the kernel keeps
 * running.
 *
 * <p>In June 2009 a graphics driver that was built for an older kernel did the same to FreeBSD. The check was compiled into debug
 * kernels only. Since then the check is always compiled in.
 */
public final class GarbageDriver implements BundleActivator {

    @MallocDefine(name = "garbage", description = "Nothing: no kernel accepts this", magic = 0xdeadc0deL)
    static final MallocType M_GARBAGE = MallocType.define();

    @Override
    public void start(BundleContext context) {
        throw new IllegalStateException("garbage was started: the kernel accepted " + M_GARBAGE + " with magic "
                + M_GARBAGE.magic() + " instead of " + MallocType.M_MAGIC);
    }

    @Override
    public void stop(BundleContext context) {
        // The start never succeeds, so there is nothing to free.
    }
}
