package dev.malloc9.malloc.view;

import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.Owner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Sums the figures of types to figures of modules. Each type and each module is visited once. */
public final class ModuleFigures {

    private ModuleFigures() {}

    /** Returns the figures of types by owner. The owners, and the types of an owner, are in the order of the given types. */
    public static Map<Owner, List<TypeStats>> byOwner(
            List<MallocTypeInternal> types, Function<MallocTypeInternal, TypeStats> figures) {
        Map<Owner, List<TypeStats>> owners = new LinkedHashMap<>();
        for (MallocTypeInternal type : types) {
            owners.computeIfAbsent(type.owner, unknown -> new ArrayList<>()).add(figures.apply(type));
        }
        return owners;
    }

    /** Returns the figures of the modules of the given owners, in their order. An owner without types has no bytes in use. */
    public static List<ModuleInfo> of(Collection<Owner> owners, Map<Owner, List<TypeStats>> types) {
        List<ModuleInfo> modules = new ArrayList<>(owners.size());
        for (Owner owner : owners) {
            modules.add(module(owner, types.getOrDefault(owner, List.of())));
        }
        return modules;
    }

    private static ModuleInfo module(Owner owner, List<TypeStats> types) {
        return new ModuleInfo(
                owner.module(),
                owner.file(),
                types.stream().mapToLong(TypeStats::bytesInUse).sum(),
                types.stream().map(TypeStats::name).toList());
    }
}
