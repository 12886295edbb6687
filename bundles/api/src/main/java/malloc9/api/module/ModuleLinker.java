package malloc9.api.module;

import org.osgi.annotation.versioning.ProviderType;
import org.osgi.framework.Bundle;

/** The kernel's service that links driver bundles (kern_linker): registers their types, or says why not. */
@ProviderType
public interface ModuleLinker {

    /**
     * Makes sure that the bundle's types are registered. The kernel does so by itself when a bundle starts; the call
     * hands its verdict to the one place that can refuse.
     *
     * @throws malloc9.api.KernelPanic if the bundle's descriptors are garbage; it is recorded, once
     */
    void load(Bundle bundle);
}
