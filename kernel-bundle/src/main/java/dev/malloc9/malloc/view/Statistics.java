package dev.malloc9.malloc.view;

import dev.malloc9.api.runtime.AddressInfo;
import dev.malloc9.api.runtime.FreePages;
import dev.malloc9.api.runtime.KernelMapInfo;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.api.runtime.ModuleInfo;
import dev.malloc9.api.runtime.Outstanding;
import dev.malloc9.api.runtime.Snapshot;
import dev.malloc9.api.runtime.SuspectsInfo;
import dev.malloc9.api.runtime.TypeFigures;
import dev.malloc9.api.runtime.TypeStats;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.malloc.account.Counters;
import dev.malloc9.malloc.account.Generation;
import dev.malloc9.malloc.refusal.Whatis;
import dev.malloc9.malloc.type.MallocTypeInternal;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.malloc.type.TagOwner.QualifiedName;
import dev.malloc9.malloc.type.TypeList;
import dev.malloc9.malloc.zone.DriverZone;
import dev.malloc9.malloc.zone.ZoneRegistry;
import dev.malloc9.uma.Slab;
import dev.malloc9.uma.Uma;
import dev.malloc9.uma.UmaZone;
import dev.malloc9.uma.ZoneRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The statistics of the subsystem. All methods may be called at any time, by any thread. */
public final class Statistics {

    private final Uma uma;
    private final MallocTypes types;
    private final ZoneRegistry zones;
    private final BlockWalk blockWalk;
    private final Whatis whatis;
    private final MapFigures map;

    public Statistics(
            Uma uma, MallocTypes types, ZoneRegistry zones, BlockWalk blockWalk, Whatis whatis, MapFigures map) {
        this.uma = uma;
        this.types = types;
        this.zones = zones;
        this.blockWalk = blockWalk;
        this.whatis = whatis;
        this.map = map;
    }

    /** Returns the whole seconds since a malloc request with M_NOWAIT failed last, or since the boot if none has. */
    public long lastFail() {
        return map.lastFail();
    }

    /** Returns the statistics of the registered types, oldest first. */
    public List<TypeStats> typeStats() {
        return types.registered().stream().map(this::stats).toList();
    }

    /** Returns the statistics of the type with the given name that was registered last, or null if there is none. */
    public @Nullable TypeStats typeStats(String name) {
        return types.registered().reversed().stream()
                .filter(type -> type.name.equals(name))
                .findFirst()
                .map(this::stats)
                .orElse(null);
    }

    /**
     * Returns the statistics of malloc's zones and then of the open zones of drivers, oldest first. Used items are the items that are
     * handed out and not freed yet. In malloc's zones, the used items of unregistered types are not included; their requests are.
     */
    public List<ZoneStats> zoneStats() {
        return zoneStats(types.list(), zones.zones());
    }

    private List<ZoneStats> zoneStats(TypeList list, List<DriverZone> drivers) {
        long[] requests = list.formerRequests();
        long[] used = used(list.registered, requests);
        long[] free = uma.freeItems();
        List<ZoneStats> stats = new ArrayList<>();
        for (int number = 0; number < requests.length; number++) {
            UmaZone zone = uma.zones().get(number);
            stats.add(new ZoneStats(
                    zone.name(),
                    zone.itemBytes(),
                    0,
                    Math.max(0, used[number]),
                    free[number],
                    requests[number],
                    zone.failures(),
                    0));
        }
        stats.addAll(ZoneRegistry.stats(drivers));
        return List.copyOf(stats);
    }

    /**
     * Returns the types, zones and modules of one instant. The lists are of that instant; the counters are read afterwards, while other
     * threads may allocate. A module without types is left out.
     */
    public Snapshot snapshot() {
        record Lists(TypeList types, List<DriverZone> zones) {}
        Generation.At<Lists> now = types.generation.read(() -> new Lists(types.list(), zones.zones()));
        List<TypeStats> stats = new ArrayList<>();
        Map<Owner, List<TypeStats>> owners = ModuleFigures.byOwner(now.value().types().registered, type -> {
            TypeStats figures = stats(type);
            stats.add(figures);
            return figures;
        });
        return new Snapshot(
                now.generation(),
                Instant.now(),
                stats,
                zoneStats(now.value().types(), now.value().zones()),
                ModuleFigures.of(owners.keySet(), owners),
                kernelMap());
    }

    /**
     * Returns the figures of the modules of the given owners, in the order of the owners. Makes one pass over the types, independent of the
     * number of owners.
     */
    public List<ModuleInfo> modules(List<Owner> owners) {
        return ModuleFigures.of(owners, ModuleFigures.byOwner(types.registered(), this::stats));
    }

    /** Passes the figures of all registered types to a consumer, newest first. Takes no lock and creates no objects. */
    public void show(TypeFigures consumer) {
        List<MallocTypeInternal> registered = types.registered();
        for (int i = registered.size() - 1; i >= 0; i--) {
            registered.get(i).tell(consumer);
        }
    }

    /** Returns the free space of the kernel map, as blocks of powers of two. */
    public FreePages freePages() {
        return map.freePages();
    }

    /** Returns the records for the stream of zones: malloc's zones, then the open zones of drivers, oldest first. */
    public List<ZoneRecord> zoneRecords() {
        TypeList list = types.list();
        long[] requests = list.formerRequests();
        long[] used = used(list.registered, requests);
        List<ZoneRecord> records = new ArrayList<>();
        for (int number = 0; number < requests.length; number++) {
            UmaZone zone = uma.zones().get(number);
            long frees = requests[number] - Math.max(0, used[number]);
            records.add(new ZoneRecord(zone, Slab.GRANULE - 1, zone.itemBytes(), 0, requests[number], frees, 0));
        }
        records.addAll(zones.records());
        return List.copyOf(records);
    }

    /**
     * Returns the numbers of items of malloc's zones that registered types have in use, by zone number.
     *
     * @param requests the requests by zone number, to which the requests of the registered types are added
     */
    private long[] used(List<MallocTypeInternal> registered, long[] requests) {
        long[] used = new long[requests.length];
        for (MallocTypeInternal type : registered) {
            Counters counters = type.counters();
            type.zoneCounts.addRequests(counters, requests);
            type.zoneCounts.addUsed(counters, used);
        }
        return used;
    }

    /**
     * Returns the live blocks of registered types and the items in use of zones. Zones that were closed with items in use are included,
     * until their items are taken back. Memory that another allocator has accounted to a type is not included.
     */
    public Outstanding outstanding() {
        return outstanding(name -> true);
    }

    /** Returns the live blocks and the items in use of one module, as {@link #outstanding()} does; no groups if it has none. */
    public Outstanding outstanding(ModuleId owner) {
        return outstanding(name -> name.owner().equals(owner));
    }

    private Outstanding outstanding(Predicate<QualifiedName> wanted) {
        Map<Integer, QualifiedName> names = types.names();
        names.values().removeIf(wanted.negate());
        return new Outstanding(Instant.now(), blockWalk.count(names::get));
    }

    /** Returns a description of the block, the item or the free memory at an address. Reads no memory at the address. */
    public AddressInfo whatis(long address) {
        return whatis.at(address);
    }

    /**
     * Returns the types that may have caused all damage found since the suspects were last cleared; empty if no damage was found. Also
     * returns the registered types by set of zones.
     */
    public SuspectsInfo suspects() {
        return types.suspects();
    }

    /** Returns the figures of the kernel map. */
    public KernelMapInfo kernelMap() {
        return map.info();
    }

    private TypeStats stats(MallocTypeInternal type) {
        Counters counters = type.counters();
        return new TypeStats(
                type.name,
                type.description,
                type.owner.module(),
                counters.allocated(),
                counters.freed(),
                counters.allocs(),
                counters.frees(),
                counters.sizeMask(),
                type.highWater.bytes(),
                type.highWater.blocks());
    }
}
