package dev.malloc9.malloc.zone;

import dev.malloc9.api.InvalidRequest;
import dev.malloc9.api.runtime.LeakReport;
import dev.malloc9.api.runtime.ZoneStats;
import dev.malloc9.malloc.type.Events;
import dev.malloc9.malloc.type.MallocTypes;
import dev.malloc9.malloc.type.Owner;
import dev.malloc9.uma.SecondaryZone;
import dev.malloc9.uma.Uma;
import dev.malloc9.uma.UmaZone;
import dev.malloc9.uma.ZoneRecord;
import dev.malloc9.vm.KernelLock;
import dev.malloc9.vm.PageSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The registry of the drivers' zones. It lists the open zones, and ends a zone at the request of its driver or with its module. It keeps a
 * closed zone that has items in use, or whose critical sections did not end or whose callbacks did not return in time. Such a zone is kept
 * until the module stops and the memory is taken back.
 *
 * <p>A zone ends in these steps. First it is closed. Then its caches are taken from the CPUs; its counts are final from then on, and its
 * free items go back to the slabs. If items are in use, their memory and the zone's number stay in use until the owner has stopped and its
 * segments are revoked.
 */
public final class ZoneRegistry {

    /** The longest time to wait for open critical sections when a driver destroys a zone, in milliseconds. */
    private static final long QUIESCE_MILLIS = 1_000;

    private final Uma uma;
    private final MallocTypes types;
    private final Events events;

    /**
     * The lock under which zones end, one zone or module at a time. While it is held, driver callbacks run in threads of their own, and
     * each is waited for up to a second. It is acquired before {@code lock}.
     */
    private final KernelLock ending = new KernelLock();

    /** The lock of the list of open zones. */
    private final KernelLock lock = new KernelLock();

    /** The open zones, oldest first. Guarded by {@code lock}. */
    private final List<DriverZone> live = new ArrayList<>();

    /** The closed zones that are not forgotten yet, in the order of their end. Guarded by {@code ending}. */
    private final List<ZoneAllocator> ended = new ArrayList<>();

    public ZoneRegistry(Uma uma, MallocTypes types, Events events) {
        this.uma = uma;
        this.types = types;
        this.events = events;
    }

    /**
     * Adds a new zone. If its owner has stopped meanwhile, ends the zone instead, since the stop of the owner would not find it.
     *
     * @throws dev.malloc9.api.UnregisteredType if the owner has stopped meanwhile; the text always names uma_zcreate
     */
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

    /**
     * Ends a zone at the request of its driver (uma_zdestroy).
     *
     * @throws dev.malloc9.api.zone.ZoneDestroyed if the zone is closed already
     * @throws InvalidRequest if a secondary zone takes items from it
     */
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

    /**
     * Runs an action that makes a secondary zone take items from a master zone. No zone ends meanwhile.
     *
     * @throws dev.malloc9.api.zone.ZoneDestroyed if the master zone is closed; the action is not run then
     */
    <T> T whileOpen(DriverZone master, String function, Supplier<T> action) {
        ending.lock();
        try {
            master.items().requireOpen(function);
            return action.get();
        } finally {
            ending.unlock();
        }
    }

    /**
     * Closes the zones of an owner after its types were retired. The caller must call {@link #settle} next.
     *
     * @return the zones that were closed by this call
     */
    public List<ZoneAllocator> retire(Owner owner) {
        ending.lock();
        try {
            return close(takeAll(owner));
        } finally {
            ending.unlock();
        }
    }

    /**
     * Closes all open zones, at the stop of the kernel. The caller must call {@link #settle} next.
     *
     * @return the zones that were closed by this call
     */
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
     * Waits for the critical sections that still saw retired types alive or closed zones open ({@link dev.malloc9.pcpu.Cpus#quiesce}). Then
     * gives back the free items of all closed zones.
     *
     * @param waitMillis the longest time to wait, in milliseconds
     * @param close the close of a shared arena that replaces the second handshake, see
     *     {@link dev.malloc9.pcpu.Cpus#quiesce(long, BooleanSupplier)}
     * @return false if a critical section did not end in time; the free items then stay where they are, and {@code close} was not called
     */
    public boolean settle(long waitMillis, BooleanSupplier close) {
        ending.lock();
        try {
            List<UmaZone> closed = ended.stream().map(items -> items.zone).toList();
            return closed.isEmpty() ? uma.quiesce(waitMillis, close) : uma.close(closed, waitMillis, close);
        } finally {
            ending.unlock();
        }
    }

    /** Reports each zone that its module did not destroy, with the number of its items in use, which may be 0. */
    public void report(List<ZoneAllocator> retired) {
        for (ZoneAllocator items : retired) {
            long out = items.out();
            long bytes = items.zone.itemBytes();
            List<LeakReport.Blocks> blocks = out == 0 ? List.of() : List.of(new LeakReport.Blocks(bytes, out));
            events.zoneLeft(new LeakReport(
                    items.type.owner.module(), items.zone.name(), Instant.now(), out, out * bytes, blocks));
        }
    }

    /** Returns the number of bytes of the items that are in use in closed zones. */
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

    /** Returns the closed zones of the modules that have stopped. */
    public List<ZoneAllocator> stopped() {
        ending.lock();
        try {
            return ended.stream().filter(items -> !items.type.alive()).toList();
        } finally {
            ending.unlock();
        }
    }

    /**
     * Forgets a closed zone without items in use, so that its tag number and zone number can be used again. The caller has quiesced before.
     * Does nothing if the zone is forgotten already.
     *
     * @return false if the zone is kept, since a callback that does not return holds free items of it
     */
    public boolean forget(ZoneAllocator items) {
        ending.lock();
        try {
            if (!ended.contains(items)) {
                return true;
            }
            if (!uma.forget(items.zone)) {
                return false;
            }
            ended.remove(items);
            types.numbers.give(items.number);
            return true;
        } finally {
            ending.unlock();
        }
    }

    /** Returns the statistics of the open zones as {@code vmstat -z} shows them, oldest first. */
    public List<ZoneStats> stats() {
        return stats(zones());
    }

    /** Returns the statistics of the given zones, in the same order. The zones may be closed. */
    public static List<ZoneStats> stats(List<DriverZone> zones) {
        return zones.stream().map(ZoneRegistry::stats).toList();
    }

    /** Returns the record of each open zone for the stream of zones, oldest first. */
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

    /** Returns the statistics of a zone as they are now, even if it is closed. */
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

    /**
     * Closes a zone that is not listed any more. If items are in use, or if a thread does not leave its critical section or a callback does
     * not return in time, reports the zone and keeps it; otherwise forgets it. Does nothing if the zone is closed already.
     */
    private void end(DriverZone zone) {
        ending.lock();
        try {
            for (ZoneAllocator items : close(List.of(zone))) {
                boolean quiet = settle(QUIESCE_MILLIS, () -> false);
                long out = items.out();
                if (!quiet || out > 0 || !forget(items)) {
                    long pages = items.zone.primary() ? items.zone.slabBytes() / PageSource.PAGE : 0;
                    events.zoneNotEmpty(items.type.owner.module(), zone.name(), out, pages);
                }
            }
        } finally {
            ending.unlock();
        }
    }

    /** Returns the open zones of all drivers, oldest first. */
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

    /** Checks that no secondary zone takes items from a zone. A secondary zone passes: it cannot be a master. */
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

    /** Closes zones and returns the zones that were open. The caller holds {@code ending}. */
    private List<ZoneAllocator> close(List<DriverZone> zones) {
        List<ZoneAllocator> closed = zones.stream()
                .map(DriverZone::items)
                .filter(ZoneAllocator::close)
                .toList();
        ended.addAll(closed);
        return closed;
    }
}
