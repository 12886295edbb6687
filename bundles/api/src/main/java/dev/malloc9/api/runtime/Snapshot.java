package dev.malloc9.api.runtime;

import java.time.Instant;
import java.util.List;

/**
 * The state of a kernel at one instant: the types, zones and modules that existed together.
 *
 * <p>The counters are read one after the other while other threads allocate.
 *
 * @param generation the number of changes of these lists so far. Two snapshots of one kernel with equal generations have the same types,
 *     zones and modules. A later snapshot never has a lower generation.
 * @param when the time
 * @param types the registered types, oldest first
 * @param zones malloc's zones, then the zones of drivers, oldest first
 * @param modules the owners of the types, ordered by their oldest type; an owner without types is left out
 * @param map the kernel map
 */
public record Snapshot(
        long generation,
        Instant when,
        List<TypeStats> types,
        List<ZoneStats> zones,
        List<ModuleInfo> modules,
        KernelMapInfo map) {

    /** Copies the lists. */
    public Snapshot {
        types = List.copyOf(types);
        zones = List.copyOf(zones);
        modules = List.copyOf(modules);
    }
}
