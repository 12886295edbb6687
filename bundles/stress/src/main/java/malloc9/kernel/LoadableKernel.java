package malloc9.kernel;

import java.util.List;
import malloc9.api.MallocType;
import malloc9.api.runtime.ModuleId;
import malloc9.malloc.type.Descriptor;
import malloc9.malloc.type.Owner;
import malloc9.vm.WaitClock;

/** A kernel without a framework, whose modules come and go when the program says so; {@link Kernel}'s stay. */
public final class LoadableKernel implements AutoCloseable {

    private final LoadableModules modules = new LoadableModules();
    private final Kernel kernel;

    /** Boots it. */
    public LoadableKernel(Tunables tunables) {
        kernel = Kernel.boot(tunables, modules, new Mute(), WaitClock.SYSTEM);
    }

    /** The kernel. */
    public Kernel kernel() {
        return kernel;
    }

    /** Starts a module with these types. */
    public Owner load(ModuleId module, List<MallocType> types) {
        Owner owner = new Owner(module, "");
        modules.put(owner, types);
        kernel.subsystem()
                .register(owner, types.stream().map(Kernel::descriptor).toList());
        return owner;
    }

    /** Starts a module that declares these, or throws what the kernel does. */
    public Owner register(ModuleId module, List<Descriptor> declared) {
        Owner owner = new Owner(module, "");
        kernel.subsystem().register(owner, declared);
        return owner;
    }

    /** Stops it. */
    public void unload(Owner owner) {
        modules.remove(owner);
        kernel.subsystem().unregister(owner);
    }

    @Override
    public void close() {
        kernel.close();
    }

    /** Who wants to know asks the runtime. */
    private static final class Mute implements Console {

        @Override
        public void warn(String logger, String line) {}

        @Override
        public void log(String logger, String line) {}
    }
}
