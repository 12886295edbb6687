package dev.malloc9.kernel;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.malloc.MallocSubsystem;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TypeOwners;
import dev.malloc9.module.ModuleList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The modules of a kernel without a framework. Each class that declares memory types is a module; a type is registered at its first use,
 * and never unregistered before the kernel closes.
 */
final class EmbeddedModules implements TypeOwners, ModuleList {

    private final Owner kernel;
    private final Map<Class<?>, Owner> owners = new ConcurrentHashMap<>();
    private final Map<MallocType, Owner> registered = new ConcurrentHashMap<>();
    private volatile @Nullable MallocSubsystem subsystem;

    EmbeddedModules(Owner kernel) {
        this.kernel = kernel;
    }

    /** Sets the subsystem that types are registered with. Before this call, all types belong to the kernel. */
    void follow(MallocSubsystem malloc) {
        subsystem = malloc;
    }

    @Override
    public Owner ownerOf(MallocType type) {
        MallocSubsystem malloc = subsystem;
        if (malloc == null || type == MessageBuffer.M_MSGBUF || type == MessageBuffer.M_TEMP) {
            return kernel;
        }
        Owner owner = owners.computeIfAbsent(
                type.declaringClass(), declaring -> new Owner(new ModuleId(declaring.getName(), "", 0), ""));
        return registered.computeIfAbsent(type, unknown -> {
            malloc.register(owner, List.of(Kernel.descriptor(type)));
            return owner;
        });
    }

    @Override
    public List<Owner> owners() {
        List<Owner> all = new ArrayList<>();
        all.add(kernel);
        all.addAll(owners.values());
        return all;
    }
}
