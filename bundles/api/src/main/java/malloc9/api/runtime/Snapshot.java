package malloc9.api.runtime;

import java.time.Instant;
import java.util.List;

/**
 * A kernel at one instant: which types, zones and modules there were, all of them together.
 *
 * <p>Counters are read one after the other, as everywhere, while others allocate.
 *
 * @param generation how many changes these lists have gone through: two snapshots of one kernel with equal generations have the same
 *     types, zones and modules, and the later one never has the lower
 * @param when the time
 * @param types the registered types, oldest first
 * @param zones the zones, oldest first
 * @param modules whose the types are, by their oldest type
 * @param map the kernel map
 */
public record Snapshot(
        long generation,
        Instant when,
        List<TypeStats> types,
        List<ZoneStats> zones,
        List<ModuleInfo> modules,
        KernelMapInfo map) {

    /** Keeps the lists as they are now. */
    public Snapshot {
        types = List.copyOf(types);
        zones = List.copyOf(zones);
        modules = List.copyOf(modules);
    }
}
