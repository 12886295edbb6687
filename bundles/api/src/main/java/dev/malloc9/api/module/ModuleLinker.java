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
     * is accepted.
     *
     * @param bundle the bundle, in the state STARTING or ACTIVE
     * @throws dev.malloc9.api.KernelPanic if the bundle's descriptors are invalid; the panic is recorded once, at the first call
     */
    void load(Bundle bundle);
}
