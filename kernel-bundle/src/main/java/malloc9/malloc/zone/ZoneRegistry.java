package malloc9.malloc.zone;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import malloc9.api.InvalidRequest;
import malloc9.api.runtime.LeakReport;
import malloc9.api.runtime.ZoneStats;
import malloc9.malloc.type.Events;
import malloc9.malloc.type.MallocTypes;
import malloc9.malloc.type.Owner;
import malloc9.uma.SecondaryZone;
import malloc9.uma.Uma;
import malloc9.uma.Zone;
import malloc9.uma.ZoneRecord;
import malloc9.vm.KernelLock;
import malloc9.vm.PageSource;

/**
 * The registry of drivers' zones: which there are, how they end with their modules, and what is left of those that ended
 * with items out.
 *
 * <p>A zone ends in these steps: it is closed; caches are taken from the CPUs; the counts are known then, and the
 * free items go back; what is out stays out, its memory and the zone's number in use, until the owner's segments are revoked.
 */
public final class ZoneRegistry {

    private static final long QUIESCE_MILLIS = 1_000;

    private final Uma uma;
    private final MallocTypes types;
    private final Events events;

    /** One zone or module ends at a time; callbacks of the zone run under it. Before the lock of the lists. */
    private final KernelLock ending = new KernelLock();

    private final KernelLock lock = new KernelLock();

    /** Oldest first. Guarded by lock. */
    private final List<DriverZone> live = new ArrayList<>();

    /** Guarded by ending. */
    private final List<ZoneAllocator> ended = new ArrayList<>();

    public ZoneRegistry(Uma uma, MallocTypes types, Events events) {
        this.uma = uma;
        this.types = types;
        this.events = events;
    }

    /** Takes a zone in, unless its owner has stopped meanwhile; who stops it would not find it. */
    void add(DriverZone zone) {
        boolean late;
        lock.lock();
        try {
            late = !zone.items().type.alive();
            if (!late) {
                types.generation.change(() -> live.add(zone));
            }
        } finally {
            lock.unlock();
        }
        if (late) {
            end(zone);
            throw zone.items().type.unregistered("uma_zcreate");
        }
    }

    /** Ends a zone whose driver says so. */
    void destroy(DriverZone zone) {
        ending.lock();
        try {
            zone.items().requireOpen("uma_zdestroy");
            requireNoSecondary(zone);
            take(zone);
            end(zone);
        } finally {
            ending.unlock();
        }
    }

    /** Closes the zones of an owner whose types were retired; {@link #settle} comes next. */
    public List<ZoneAllocator> retire(Owner owner) {
        ending.lock();
        try {
            return close(takeAll(owner));
        } finally {
            ending.unlock();
        }
    }

    /** Closes all zones. */
    public List<ZoneAllocator> retireAll() {
        ending.lock();
        try {
            List<DriverZone> all;
            lock.lock();
            try {
                all = List.copyOf(live);
                types.generation.change(live::clear);
            } finally {
                lock.unlock();
            }
            return close(all);
        } finally {
            ending.unlock();
        }
    }

    /**
     * Waits for the sections that still saw retired types alive, or zones open ({@link malloc9.pcpu.Cpus#quiesce}), and gives
     * back what zones that have ended have not out.
     *
     * @param close see {@link malloc9.pcpu.Cpus#quiesce(long, BooleanSupplier)}
     * @return false if a section did not end in time
     */
    public boolean settle(long waitMillis, BooleanSupplier close) {
        ending.lock();
        try {
            List<Zone> closed = ended.stream().map(items -> items.zone).toList();
            return closed.isEmpty() ? uma.quiesce(waitMillis, close) : uma.close(closed, waitMillis, close);
        } finally {
            ending.unlock();
        }
    }

    /** Tells what zones that were retired have out. */
    public void report(List<ZoneAllocator> retired) {
        for (ZoneAllocator items : retired) {
            long out = items.out();
            long bytes = items.zone.itemBytes();
            List<LeakReport.Blocks> blocks = out == 0 ? List.of() : List.of(new LeakReport.Blocks(bytes, out));
            events.zoneLeft(new LeakReport(
                    items.type.owner.module(), items.zone.name(), Instant.now(), out, out * bytes, blocks));
        }
    }

    /** Bytes of items that are out of zones that have ended. */
    public long bytesOut() {
        ending.lock();
        try {
            return ended.stream()
                    .mapToLong(items -> items.out() * items.zone.itemBytes())
                    .sum();
        } finally {
            ending.unlock();
        }
    }

    /** The ended zones of modules that have stopped. */
    public List<ZoneAllocator> stopped() {
        ending.lock();
        try {
            return ended.stream().filter(items -> !items.type.alive()).toList();
        } finally {
            ending.unlock();
        }
    }

    /** Forgets a zone of whose items none is out any more; after a quiesce. */
    public void forget(ZoneAllocator items) {
        ending.lock();
        try {
            if (ended.remove(items)) {
                uma.forget(List.of(items.zone));
                types.numbers.give(items.number);
            }
        } finally {
            ending.unlock();
        }
    }

    /** What {@code vmstat -z} shows of drivers' zones, oldest first. */
    public List<ZoneStats> stats() {
        return stats(zones());
    }

    /** The same of zones that there were. */
    public static List<ZoneStats> stats(List<DriverZone> zones) {
        return zones.stream().map(ZoneRegistry::stats).toList();
    }

    /** What the stream of zones says of each, oldest first. */
    public List<ZoneRecord> records() {
        return zones().stream().map(ZoneRegistry::record).toList();
    }

    private static ZoneRecord record(DriverZone zone) {
        ZoneAllocator items = zone.items();
        ZoneAllocator.Usage usage = items.usage();
        long allocs = items.allocs();
        long frees = Math.max(0, allocs - usage.used());
        return new ZoneRecord(
                items.zone, zone.design().align(), zone.size(), usage.max(), allocs, frees, items.sleeps());
    }

    public static ZoneStats stats(DriverZone zone) {
        ZoneAllocator items = zone.items();
        ZoneAllocator.Usage usage = items.usage();
        return new ZoneStats(
                zone.name(),
                zone.size(),
                usage.max(),
                usage.used(),
                items.free(),
                items.allocs(),
                items.zone.failures(),
                items.sleeps());
    }

    /** Ends a zone, and forgets it unless items are out or a thread does not leave its critical section. */
    private void end(DriverZone zone) {
        ending.lock();
        try {
            for (ZoneAllocator items : close(List.of(zone))) {
                boolean quiet = settle(QUIESCE_MILLIS, () -> false);
                long out = items.out();
                if (quiet && out == 0) {
                    forget(items);
                } else {
                    long pages = items.zone.primary() ? items.zone.slabBytes() / PageSource.PAGE : 0;
                    events.zoneNotEmpty(items.type.owner.module(), zone.name(), out, pages);
                }
            }
        } finally {
            ending.unlock();
        }
    }

    /** All drivers' zones, oldest first. */
    public List<DriverZone> zones() {
        lock.lock();
        try {
            return List.copyOf(live);
        } finally {
            lock.unlock();
        }
    }

    private void take(DriverZone zone) {
        lock.lock();
        try {
            types.generation.change(() -> live.remove(zone));
        } finally {
            lock.unlock();
        }
    }

    private List<DriverZone> takeAll(Owner owner) {
        lock.lock();
        try {
            List<DriverZone> owners = live.stream()
                    .filter(zone -> zone.items().type.owner == owner)
                    .toList();
            types.generation.change(() -> live.removeAll(owners));
            return owners;
        } finally {
            lock.unlock();
        }
    }

    private void requireNoSecondary(DriverZone master) {
        if (master.secondary() != null) {
            return;
        }
        for (DriverZone zone : zones()) {
            SecondaryZone secondary = zone.secondary();
            if (secondary != null && secondary.uses(master.items().zone)) {
                throw new InvalidRequest(ZoneMessages.hasSecondary(master.name(), zone.name()));
            }
        }
    }

    private List<ZoneAllocator> close(List<DriverZone> zones) {
        List<ZoneAllocator> closed =
                zones.stream().map(DriverZone::items).filter(ZoneAllocator::close).toList();
        ended.addAll(closed);
        return closed;
    }
}
