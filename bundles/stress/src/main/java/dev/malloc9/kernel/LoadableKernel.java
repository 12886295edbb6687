package dev.malloc9.kernel;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.malloc.type.Descriptor;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.vm.WaitClock;
import java.util.List;

/**
 * A kernel without a framework, whose modules are loaded and unloaded by the program. The modules of a {@link Kernel} without a framework
 * stay until it is closed.
 */
public final class LoadableKernel implements AutoCloseable {

    private final LoadableModules modules = new LoadableModules();
    private final Kernel kernel;

    /**
     * Boots the kernel. Its console discards all lines.
     *
     * @throws dev.malloc9.vm.OsRefusal if the OS refuses the kernel map
     */
    public LoadableKernel(Tunables tunables) {
        kernel = Kernel.boot(tunables, modules, new Mute(), WaitClock.SYSTEM);
    }

    /** Returns the kernel. */
    public Kernel kernel() {
        return kernel;
    }

    /**
     * Loads a module and registers its types. If the kernel refuses them, the module stays on the list of modules.
     *
     * @throws dev.malloc9.api.KernelPanic if the kernel refuses the types
     */
    public Owner load(ModuleId module, List<MallocType> types) {
        Owner owner = new Owner(module, "");
        modules.put(owner, types);
        kernel.subsystem()
                .register(owner, types.stream().map(Kernel::descriptor).toList());
        return owner;
    }

    /**
     * Registers a module that declares these descriptors. The module's types cannot be used for requests.
     *
     * @throws dev.malloc9.api.KernelPanic if the kernel refuses the descriptors
     */
    public Owner register(ModuleId module, List<Descriptor> declared) {
        Owner owner = new Owner(module, "");
        kernel.subsystem().register(owner, declared);
        return owner;
    }

    /**
     * Unloads a module: first its types can no longer be bound to the kernel, then the kernel unregisters them.
     *
     * @throws dev.malloc9.api.KernelPanic if the module was unloaded before
     */
    public void unload(Owner owner) {
        modules.remove(owner);
        kernel.subsystem().unregister(owner);
    }

    @Override
    public void close() {
        kernel.close();
    }

    /** A console that discards all lines. A test queries the runtime instead. */
    private static final class Mute implements Console {

        @Override
        public void warn(String logger, String line) {}

        @Override
        public void log(String logger, String line) {}
    }
}
