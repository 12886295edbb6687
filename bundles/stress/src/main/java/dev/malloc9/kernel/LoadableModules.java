package dev.malloc9.kernel;

import dev.malloc9.api.MallocType;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TypeOwners;
import dev.malloc9.module.ModuleList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The modules that a program loads and unloads itself, and the module of the kernel, which stays. A memory type of another module is not
 * loaded. {@link #owners} contains a module only if it was put here with types.
 */
final class LoadableModules implements TypeOwners, ModuleList {

    private final Owner kernel = Kernel.kernelModule(new ModuleId("malloc9", "stress", 0), "");
    private final Map<MallocType, Owner> owners = new ConcurrentHashMap<>();

    LoadableModules() {
        put(kernel, List.of(MessageBuffer.M_MSGBUF, MessageBuffer.M_TEMP));
    }

    void put(Owner owner, List<MallocType> types) {
        types.forEach(type -> owners.put(type, owner));
    }

    void remove(Owner owner) {
        owners.values().removeIf(owner::equals);
    }

    @Override
    public Owner ownerOf(MallocType type) throws NotLoaded {
        Owner owner = owners.get(type);
        if (owner == null) {
            throw new NotLoaded("its module is not loaded");
        }
        return owner;
    }

    @Override
    public List<Owner> owners() {
        List<Owner> all = new ArrayList<>();
        all.add(kernel);
        owners.values().stream().filter(owner -> owner != kernel).distinct().forEach(all::add);
        return all;
    }
}
