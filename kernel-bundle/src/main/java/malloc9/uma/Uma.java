package malloc9.uma;

import static malloc9.api.MallocFlags.M_NOWAIT;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import malloc9.pcpu.CpuRecords;
import malloc9.pcpu.Cpus;
import malloc9.pcpu.Pcpu;
import malloc9.vm.ContigRange;
import malloc9.vm.FailPoints;
import malloc9.vm.ForeignCalls;
import malloc9.vm.KernelLock;
import malloc9.vm.KernelMap;
import malloc9.vm.StackRoom;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of items and page runs (uma_core): its zones, its CPUs' caches, and the way between them.
 *
 * <p>The fast paths of malloc, free, zalloc and zfree work on {@link Cache} and {@link Slab} themselves; this class
 * is what they fall back to. Nothing here may be called inside a critical section, but for {@link #slabs()}.
 *
 * <p>Zones come and go. The first ones are malloc's and stay; the numbers of the others are used again. A {@link Drain} empties
 * the caches of all CPUs.
 */
public final class Uma {

    /** Bytes up to which a request is an item of a zone; above it is a page run. */
    public static final long ITEM_MAX = KernelMap.UNIT;

    /** How long a reclaim waits for other CPUs' sections; what does not end by then keeps the caches where they are. */
    private static final long DRAIN_MILLIS = 100;

    private final KernelMap map;
    private final SlabMap slabs;
    private final Reserve reserve;
    private final Cpus cpus = new Cpus();
    private final ForeignCalls calls = new ForeignCalls();

    /** By number, null where there is none. Replaced under places. */
    private volatile @Nullable Zone[] zones;

    /** Guards the table of zones, and the taking away of caches. */
    private final KernelLock places = new KernelLock();

    /** Whether caches are being taken away. Written under places. */
    private volatile boolean draining;

    private final Gates gates;
    private final Crowd crowd;

    /**
     * An allocator with a zone for each item size.
     *
     * @param names the zones' names
     * @param sizes their items' bytes, multiples of a granule up to {@link #ITEM_MAX}
     * @param gates of those who use the caches without asking here
     */
    public Uma(KernelMap map, List<String> names, long[] sizes, Gates gates) {
        this(map, names, sizes, 1, gates);
    }

    /**
     * An allocator with several zones for each item size, all of one name: set by set, size by size.
     *
     * @param sets how many
     * @param gates of those who use the caches without asking here
     */
    public Uma(KernelMap map, List<String> names, long[] sizes, int sets, Gates gates) {
        this.map = map;
        this.gates = gates;
        this.crowd = new Crowd(cpus, gates);
        this.slabs = new SlabMap(map);
        this.reserve = new Reserve(slabs);
        @Nullable Zone[] first = new Zone[sets * sizes.length];
        for (int zone = 0; zone < first.length; zone++) {
            int sizeClass = zone % sizes.length;
            long bytes = sizes[sizeClass];
            Keg keg = new Keg(slabs, zone, sizeClass, bytes, ZoneDesign.units(bytes));
            first[zone] = new Zone(names.get(sizeClass), zone, keg);
        }
        this.zones = first;
    }

    /** Who am I. */
    public Cpus cpus() {
        return cpus;
    }

    /** Address to slab. */
    public SlabMap slabs() {
        return slabs;
    }

    /** The kernel map below. */
    public KernelMap map() {
        return map;
    }

    /** The zones there are, by rising number. */
    public List<Zone> zones() {
        return Arrays.stream(zones).filter(Objects::nonNull).toList();
    }

    /** Makes a zone with a keg of its own. */
    public Zone create(ZoneDesign design, @Nullable ItemInit life) {
        places.lock();
        try {
            int number = freeNumber();
            Keg keg = design.keg(slabs, number);
            keg.life(life);
            return install(design.zone(number, keg));
        } finally {
            places.unlock();
        }
    }

    /** Makes a zone over the slabs of another. */
    public SecondaryZone createSecondary(String name, Zone master) {
        places.lock();
        try {
            KegSet kegs = new KegSet(master.keg());
            Zone zone = new Zone(name, freeNumber(), master.keg(), kegs, false, false);
            return new SecondaryZone(install(zone), kegs);
        } finally {
            places.unlock();
        }
    }

    /**
     * Takes zones out of service, together: they keep nothing any more, and no CPU has a cache of them. Their callers must
     * find out by themselves. It waits as {@link Cpus#quiesce(long, BooleanSupplier)} does, in its place.
     *
     * @param close see there
     * @return false if a critical section did not end in time; the zones' items are still in the CPUs' caches
     */
    public boolean close(List<Zone> closing, long waitMillis, BooleanSupplier close) {
        closing.forEach(Zone::close);
        Drain drain = new Drain(cpus);
        places.lock();
        try {
            draining = true;
            List<Zone> taken =
                    closing.stream().filter(zone -> !calls.isLate(zone)).toList();
            if (!crowd.giveWay(() -> drain.takeClosed(taken, waitMillis, close))) {
                return false;
            }
        } finally {
            draining = false;
            places.unlock();
        }
        drain.release(this::giveBack);
        closing.forEach(zone -> giveBack(zone, zone::drain));
        closing.stream().filter(Zone::primary).forEach(zone -> giveBack(zone, zone.keg()::end));
        return true;
    }

    /** Quiesces as {@link Cpus#quiesce(long, BooleanSupplier)} does, and has busy threads give way to others if they are many. */
    public boolean quiesce(long waitMillis, BooleanSupplier close) {
        if (!crowd.isThere()) {
            return cpus.quiesce(waitMillis, close);
        }
        places.lock();
        try {
            return crowd.giveWay(() -> cpus.quiesce(waitMillis, close));
        } finally {
            places.unlock();
        }
    }

    /** Forgets closed zones of which no item is out: their numbers may be used again. */
    public void forget(List<Zone> closed) {
        places.lock();
        try {
            @Nullable Zone[] table = zones.clone();
            closed.forEach(zone -> table[zone.number()] = null);
            zones = table;
        } finally {
            places.unlock();
        }
    }

    /**
     * Puts items into the caller's cache of a zone.
     *
     * @return false if there is no memory
     */
    public boolean refill(int zone) {
        return refill(zone, M_NOWAIT);
    }

    /**
     * Puts items into the caller's cache of a zone.
     *
     * @param flags for those who prepare items
     * @return false if there is no memory; true does not promise that nobody was faster
     */
    public boolean refill(int number, long flags) {
        Zone zone = zones[number];
        if (zone == null || zone.closed()) {
            return true;
        }
        Bucket bucket = map.failPoints().fails(FailPoints.Step.BUCKET) ? null : zone.fullBucket(currentNumber(), flags);
        if (bucket == null) {
            return false;
        }
        Pcpu cpu = enterWith(zone);
        int cpuNumber = cpu.number;
        // Asked inside: who closes it waits for us then, and empties the cache.
        if (!zone.closed() && Cache.hasRoom(cpu.items, zone, bucket.count)) {
            Cache.fill(cpu.items, zone, bucket);
        }
        leave(cpu);
        zone.put(cpuNumber, bucket);
        return true;
    }

    /** Makes room in the caller's cache of a zone. */
    public void flush(int number) {
        Zone zone = zones[number];
        if (zone == null || zone.closed() || map.failPoints().fails(FailPoints.Step.BUCKET)) {
            return;
        }
        zone.grow();
        Bucket bucket = zone.emptyBucket(currentNumber());
        Pcpu cpu = enterWith(zone);
        int cpuNumber = cpu.number;
        if (!zone.closed() && Cache.isOpen(cpu.items, number) && !Cache.hasRoom(cpu.items, zone, 1)) {
            Cache.drain(cpu.items, zone, bucket);
        }
        leave(cpu);
        zone.put(cpuNumber, bucket);
        map.wakeUpIfAwaited();
    }

    /** Takes items of a slab back that are in no cache; of a page run, its one. */
    public void release(Slab slab, int[] items, int count) {
        if (slab.zone == Slab.PAGE_RUN) {
            releaseRun(slab);
            return;
        }
        if (slab.keg != null) {
            slab.keg.release(items, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            reserve.give(slab, items[i]);
        }
    }

    /**
     * A page run of at least that many bytes.
     *
     * @param bytes as accounted
     * @param useReserve whether the map's reserve may be used
     * @return its slab of one item, or null if the map has no such hole
     */
    public @Nullable Slab allocateRun(long bytes, boolean useReserve) {
        return slabs.allocateRun(bytes, useReserve);
    }

    /** A page run that lies where it shall, or null if the map has no such hole. */
    public @Nullable Slab allocateContig(long bytes, ContigRange where, boolean useReserve) {
        return slabs.allocateContig(bytes, where, useReserve);
    }

    /** The items of the reserve. */
    public Reserve reserve() {
        return reserve;
    }

    /** Makes a page run read as zero that nobody else has seen yet. */
    public void zero(Slab run) {
        slabs.zero(run);
    }

    /** Keeps a page run out of core dumps until it is released, where the OS can. */
    public void keepOutOfDumps(Slab run) {
        run.dumped = false;
        map.dump(run.base >>> SlabMap.UNIT_GRANULE_SHIFT, run.units, false);
    }

    /** Gives a page run back, whose tag is 0. */
    public void releaseRun(Slab run) {
        if (!run.dumped) {
            map.dump(run.base >>> SlabMap.UNIT_GRANULE_SHIFT, run.units, true);
        }
        slabs.release(run);
    }

    /** Counts a request for an item of a zone that found no memory. */
    public void countFailure(int number) {
        Zone zone = zones[number];
        if (zone != null) {
            zone.countFailure();
        }
    }

    /** Gives back to the map whatever is not in use: caches of all CPUs, depots, empty slabs (uma_reclaim). */
    public void reclaim() {
        drainCaches(DRAIN_MILLIS);
        List<Zone> all = zones();
        all.forEach(zone -> giveBack(zone, zone::drain));
        all.stream().filter(Zone::primary).forEach(zone -> giveBack(zone, zone.keg()::drain));
    }

    /**
     * Gives back what was idle since the last call (the working-set trim): full buckets that nobody asked for, empty slabs,
     * and the memory of OS pages inside slabs.
     */
    public void trimIdle() {
        List<Zone> all = zones();
        all.forEach(zone -> giveBack(zone, zone::trim));
        trimKegs(all);
    }

    /** Gives everything back to the OS that is not in use, inside slabs, too. */
    public void trim() {
        reclaim();
        trimKegs(zones());
    }

    private void trimKegs(List<Zone> all) {
        all.stream().filter(Zone::primary).forEach(zone -> {
            giveBack(zone, zone.keg()::drain);
            zone.keg().trim();
        });
        slabs.trimTags();
    }

    /** Gives back to the map what of a zone is not in use; its callbacks run in the caller's thread. */
    public void drain(Zone zone) {
        recall(zone);
        zone.drain();
        if (zone.primary()) {
            zone.keg().drain();
        }
    }

    /**
     * Takes all items out of all CPUs' caches, back to their zones.
     *
     * @param own the caller's zone, whose callbacks run in the caller's thread
     */
    public void recall(Zone own) {
        drainCaches(DRAIN_MILLIS, own);
    }

    /** The calls of drivers' callbacks. */
    public ForeignCalls calls() {
        return calls;
    }

    /** Gives items of a zone back; a callback that does not return keeps the caller for a second, and the zone is left out until it returns. */
    private void giveBack(Zone zone, Runnable work) {
        if (!zone.callsDriver()) {
            work.run();
        } else if (!calls.isLate(zone)) {
            calls.run(zone, work, zone::tellLate);
        }
    }

    /** All slabs and page runs there are. */
    public List<Slab> liveSlabs() {
        return slabs.live();
    }

    /** Free items of each zone by number, in slabs, depot and caches. */
    public long[] freeItems() {
        @Nullable Zone[] table = zones;
        long[] free = new long[table.length];
        for (Zone zone : zones()) {
            free[zone.number()] = free(zone);
        }
        return free;
    }

    /** Free items of a zone, in slabs, depot and caches. */
    public long free(Zone zone) {
        return cached(zone) + zone.free();
    }

    /** Items of a zone in CPUs' caches. */
    public long cached(Zone zone) {
        places.lock();
        try {
            return cpus.all().stream()
                    .mapToLong(slot -> Cache.count(slot, zone))
                    .sum();
        } finally {
            places.unlock();
        }
    }

    /** Items of a zone in the caches of the CPUs that count in each record. */
    long[] cachedByCpu(Zone zone, int records) {
        long[] cached = new long[records];
        places.lock();
        try {
            for (Pcpu slot : cpus.all()) {
                cached[CpuRecords.of(slot.number) % records] += Cache.count(slot, zone);
            }
        } finally {
            places.unlock();
        }
        return cached;
    }

    /** The caller's slot, in a critical section in which no drain is at work. */
    public Pcpu enterCurrent() {
        StackRoom.forLock();
        crowd.pass();
        while (true) {
            Pcpu cpu = cpus.current();
            if (cpu == null) {
                cpu = cpus.lockShared();
            }
            cpu.enter();
            if (!draining) {
                return cpu;
            }
            leave(cpu);
            awaitDrain();
        }
    }

    /** Ends the section that {@link #enterCurrent()} began. */
    public void leave(Pcpu cpu) {
        cpu.exit();
        cpus.releaseIfShared(cpu);
    }

    /** The number of the caller's slot, who may lose it at once; the shared one's if he has none. */
    private int currentNumber() {
        Pcpu cpu = cpus.current();
        return cpu == null ? 0 : cpu.number;
    }

    private int freeNumber() {
        @Nullable Zone[] table = zones;
        for (int number = 0; number < table.length; number++) {
            if (table[number] == null) {
                return number;
            }
        }
        return table.length;
    }

    private Zone install(Zone zone) {
        @Nullable Zone[] table = Arrays.copyOf(zones, Math.max(zones.length, zone.number() + 1));
        table[zone.number()] = zone;
        zones = table;
        return zone;
    }

    /** See {@link Drain} for why this is right whatever the CPUs do meanwhile. */
    private boolean drainCaches(long waitMillis) {
        return drainCaches(waitMillis, null);
    }

    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    private boolean drainCaches(long waitMillis, @Nullable Zone own) {
        Drain drain = new Drain(cpus);
        boolean taken;
        places.lock();
        try {
            draining = true;
            gates.pauseAll();
            List<Zone> drained =
                    zones().stream().filter(zone -> !calls.isLate(zone)).toList();
            taken = drain.take(drained, waitMillis);
        } finally {
            gates.resumeAll();
            draining = false;
            places.unlock();
        }
        drain.release((zone, work) -> {
            if (zone == own || !zone.callsDriver()) {
                work.run();
            } else {
                calls.run(zone, work, zone::tellLate);
            }
        });
        return taken;
    }

    /** The caller's slot, in a critical section, with a cache of that zone unless it is closed. */
    private Pcpu enterWith(Zone zone) {
        Pcpu cpu = enterCurrent();
        if (!Cache.isOpen(cpu.items, zone.number())) {
            try {
                Cache.open(cpu, zones);
            } catch (OutOfMemoryError e) {
                leave(cpu);
                throw e;
            }
        }
        return cpu;
    }

    private void awaitDrain() {
        places.lock();
        try {
            // Who drains holds it.
        } finally {
            places.unlock();
        }
    }
}
