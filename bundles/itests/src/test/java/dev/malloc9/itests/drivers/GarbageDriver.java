package dev.malloc9.itests.drivers;

import dev.malloc9.api.MallocDefine;
import dev.malloc9.api.MallocType;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A driver with one valid type and one type whose descriptor has a wrong magic number. A system property shows that its activator ran. */
public final class GarbageDriver implements BundleActivator {

    /** The name of the system property that the activator sets to {@code true}. */
    public static final String RAN = "malloc9.itests.garbage.ran";

    @MallocDefine(name = "sound")
    static final MallocType M_SOUND = MallocType.define();

    @MallocDefine(name = "rotten", magic = 19971027L)
    static final MallocType M_ROTTEN = MallocType.define();

    @Override
    public void start(BundleContext context) {
        System.setProperty(RAN, "true");
    }

    @Override
    public void stop(BundleContext context) {}
}
