package dev.malloc9.api.module;

import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Bundle;

/** The kernel's service that links driver bundles (kern_linker): it registers their types, or refuses the bundle. Thread-safe. */
@ProviderType
public interface ModuleLinker {

    /**
     * Registers the types of a bundle, if that is not done yet (linker_load_module, malloc_init).
     *
     * <p>The kernel also registers the types by itself when a bundle starts. This call reports a refusal to
     * {@link dev.malloc9.api.DriverActivator}, the only place that can keep the bundle from becoming ACTIVE. A bundle that declares no type
     * is accepted. So is every bundle while the kernel stops, but its types are not registered.
     *
     * @param bundle the bundle, in the state STARTING or ACTIVE
     * @throws dev.malloc9.api.KernelPanic if the kernel refuses the bundle: a descriptor is invalid, or the kernel has no number left for a
     *     type. The panic is recorded once; later calls throw it again until the bundle stops
     */
    void load(Bundle bundle);
}
