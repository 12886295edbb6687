package dev.malloc9.uma;

import static dev.malloc9.api.MallocFlags.M_NOWAIT;

import dev.malloc9.pcpu.CpuRecords;
import dev.malloc9.pcpu.Cpus;
import dev.malloc9.pcpu.Pcpu;
import dev.malloc9.vm.ContigRange;
import dev.malloc9.vm.FailPoints;
import dev.malloc9.vm.ForeignCalls;
import dev.malloc9.vm.KernelLock;
import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.StackRoom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of items and page runs (uma_core): the table of zones, the caches of the CPUs, and the transfer of items between them.
 *
 * <p>The fast paths of malloc, free, uma_zalloc and uma_zfree work on {@link Cache} and {@link Slab} directly. This class handles the
 * requests that a fast path cannot serve. Inside a critical section a caller may use only {@link #leave} and the accessors that return a
 * part of this object, such as {@link #slabs()}. Every other method may take a lock or wait.
 *
 * <p>Zones come and go. The first zones belong to malloc and stay; the numbers of the other zones are used again. A {@link Drain} empties
 * the caches of all CPUs.
 */
public final class Uma {

    /**
     * The largest size in bytes of an item of malloc's zones. A larger request of malloc is a page run. Zones of drivers may have larger
     * items.
     */
    public static final long ITEM_MAX = KernelMap.UNIT;

    /**
     * The time in milliseconds that a reclaim waits for the critical sections of other CPUs. If a section has not ended by then, the caches
     * keep their items.
     */
    private static final long DRAIN_MILLIS = 100;

    private final KernelMap map;
    private final SlabMap slabs;
    private final Reserve reserve;
    private final Cpus cpus = new Cpus();
    private final ForeignCalls calls = new ForeignCalls();

    /** The zones by number; null for a number without a zone. The array is replaced under {@code places}, and its elements never change. */
    private volatile @Nullable UmaZone[] zones;

    /** The lock of the table of zones. It is also held while items are taken out of the caches of the CPUs. */
    private final KernelLock places = new KernelLock();

    /** True while items are being taken out of the caches of the CPUs. Written under {@code places}. */
    private volatile boolean draining;

    private final Gates gates;
    private final Crowd crowd;

    /**
     * Creates an allocator with one zone for each item size.
     *
     * @param map the kernel map, which no other allocator uses
     * @param names the names of the zones, one for each size
     * @param sizes the item sizes in bytes, multiples of a granule up to {@link #ITEM_MAX}
     * @param gates the gates of the fast paths, which use the caches without calling this class
     */
    public Uma(KernelMap map, List<String> names, long[] sizes, Gates gates) {
        this(map, names, sizes, 1, gates);
    }

    /**
     * Creates an allocator with several zones for each item size. The zones of one size have the same name. Zone numbers run through all
     * sizes of the first set, then through all sizes of the next set.
     *
     * @param map the kernel map, which no other allocator uses
     * @param names the names of the zones, one for each size
     * @param sizes the item sizes in bytes, multiples of a granule up to {@link #ITEM_MAX}
     * @param sets the number of zones for each size
     * @param gates the gates of the fast paths, which use the caches without calling this class
     */
    public Uma(KernelMap map, List<String> names, long[] sizes, int sets, Gates gates) {
        this.map = map;
        this.gates = gates;
        this.crowd = new Crowd(cpus, gates);
        this.slabs = new SlabMap(map);
        this.reserve = new Reserve(slabs);
        @Nullable UmaZone[] first = new UmaZone[sets * sizes.length];
        for (int zone = 0; zone < first.length; zone++) {
            int sizeClass = zone % sizes.length;
            long bytes = sizes[sizeClass];
            Keg keg = new Keg(slabs, zone, sizeClass, bytes, ZoneDesign.units(bytes));
            first[zone] = new UmaZone(names.get(sizeClass), zone, keg);
        }
        this.zones = first;
    }

    /** Returns the per-CPU slots. */
    public Cpus cpus() {
        return cpus;
    }

    /** Returns the slab map, which finds the slab that contains an address. */
    public SlabMap slabs() {
        return slabs;
    }

    /** Returns the kernel map from which all slabs and page runs are allocated. */
    public KernelMap map() {
        return map;
    }

    /** Returns the zones that exist now, by ascending number. Closed zones are included until {@link #forget}. */
    public List<UmaZone> zones() {
        return Arrays.stream(zones).filter(Objects::nonNull).toList();
    }

    /**
     * Creates a zone with a keg of its own. The zone gets the lowest free number.
     *
     * @param life the init and fini of the items of a slab; null for none
     */
    public UmaZone create(ZoneDesign design, @Nullable ItemInit life) {
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

    /** Creates a zone that takes its items from the slabs of another zone (uma_zsecond_create). */
    public SecondaryZone createSecondary(String name, UmaZone master) {
        places.lock();
        try {
            KegSet kegs = new KegSet(master.keg());
            UmaZone zone = new UmaZone(name, freeNumber(), master.keg(), kegs, false, false);
            return new SecondaryZone(install(zone), kegs);
        } finally {
            places.unlock();
        }
    }

    /**
     * Takes zones out of service together, and takes back their free items. No CPU gets a cache of a closed zone any more. The caller has
     * closed the gates of these zones for ever. This method also quiesces as {@link #quiesce} does, so that the caller need not call that.
     *
     * <p>A zone with a callback that has not returned for a second is closed, but its items stay in the caches, in its depot and in its
     * slabs. If the result is false, the zones are closed nevertheless. In both cases the caller may call this method again.
     *
     * @param waitMillis the longest time in milliseconds to wait for critical sections
     * @param close closes a shared arena; see {@link Cpus#quiesce(long, BooleanSupplier)}
     * @return false if a critical section did not end in time; the items of the zones stay where they are, and {@code close} was not called
     */
    public boolean close(List<UmaZone> closing, long waitMillis, BooleanSupplier close) {
        closing.forEach(UmaZone::close);
        Drain drain = new Drain(cpus);
        List<UmaZone> taken;
        places.lock();
        try {
            draining = true;
            taken = closing.stream().filter(zone -> !calls.isLate(zone)).toList();
            if (!crowd.giveWay(() -> drain.takeClosed(taken, waitMillis, close))) {
                return false;
            }
        } finally {
            draining = false;
            places.unlock();
        }
        drain.release(this::giveBack);
        // Secondary zones first: their items go to the kegs of others.
        taken.stream().sorted(Comparator.comparing(UmaZone::primary)).forEach(zone -> giveBack(zone, zone::end));
        return true;
    }

    /**
     * Quiesces as {@link Cpus#quiesce(long, BooleanSupplier)} does. If there are many more threads than processors, makes the busy threads
     * give up their processors meanwhile.
     */
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

    /**
     * Removes a closed zone from the table, so that its number can be used again. No item of the zone may be in use.
     *
     * @return false if {@link #close} has not taken back all free items of the zone, because a callback did not return; the zone stays in
     *     the table then
     */
    public boolean forget(UmaZone closed) {
        if (!closed.ended()) {
            return false;
        }
        places.lock();
        try {
            @Nullable UmaZone[] table = zones.clone();
            table[closed.number()] = null;
            zones = table;
            return true;
        } finally {
            places.unlock();
        }
    }

    /**
     * Moves items from a zone to the caller's cache of that zone, as {@link #refill(int, long)} does with M_NOWAIT.
     *
     * @return false if there is no memory
     */
    public boolean refill(int zone) {
        return refill(zone, M_NOWAIT);
    }

    /**
     * Moves items from a zone to the caller's cache of that zone.
     *
     * <p>The result true does not promise an item: another thread may have taken the new items. It is also true if the zone does not exist
     * any more or is closed.
     *
     * @param number the number of the zone
     * @param flags the malloc flags of the request, for the init functions of the items
     * @return false if there is no memory
     * @throws dev.malloc9.api.zone.ItemFailed if an init function refuses an item before the zone got any item
     * @throws OutOfMemoryError if the Java heap is exhausted
     */
    public boolean refill(int number, long flags) {
        UmaZone zone = zones[number];
        if (zone == null || zone.closed()) {
            return true;
        }
        Bucket bucket = map.failPoints().fails(FailPoints.Step.BUCKET) ? null : zone.fullBucket(currentNumber(), flags);
        if (bucket == null) {
            return false;
        }
        Pcpu cpu;
        try {
            cpu = enterWith(zone);
        } catch (OutOfMemoryError | StackOverflowError e) {
            zone.put(0, bucket);
            throw e;
        }
        int cpuNumber = cpu.number;
        // Checked inside the critical section: a thread that closes the zone then waits for the end of this section,
        // and empties the cache.
        if (!zone.closed() && Cache.hasRoom(cpu.items, zone, bucket.count)) {
            Cache.fill(cpu.items, zone, bucket);
        }
        leave(cpu);
        zone.put(cpuNumber, bucket);
        return true;
    }

    /**
     * Makes room in the caller's cache of a zone: moves the items that were freed longest ago to the zone. Moves none if the zone does not
     * exist any more or is closed, or if the cache has room by now.
     *
     * @throws OutOfMemoryError if the Java heap is exhausted
     */
    public void flush(int number) {
        UmaZone zone = zones[number];
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

    /**
     * Returns items to their slabs. The items are in no cache and no bucket, and their tags are 0 or say that they are free. The fini
     * functions of the zone are not called.
     *
     * @param slab the slab of the first item. If it belongs to a keg, the items may be in any slab of that keg. If it belongs to the
     *     reserve, all items are in this slab. A page run is one item, and is released as a whole.
     * @param items the first granules of the items
     * @param count the number of items in {@code items}
     */
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
     * Allocates a page run.
     *
     * @param bytes the size in bytes, as it is accounted
     * @param useReserve whether the reserve of the kernel map may be used
     * @return the slab of the run, with one item; null if no hole is large enough or the Java heap is exhausted
     */
    public @Nullable Slab allocateRun(long bytes, boolean useReserve) {
        return slabs.allocateRun(bytes, useReserve);
    }

    /**
     * Allocates a page run at a place that obeys the constraints (contigmalloc).
     *
     * @param bytes the size in bytes, a multiple of the OS page
     * @param where the constraints on the place
     * @param useReserve whether the reserve of the kernel map may be used
     * @return the slab of the run, or null if no hole fits or the Java heap is exhausted
     */
    public @Nullable Slab allocateContig(long bytes, ContigRange where, boolean useReserve) {
        return slabs.allocateContig(bytes, where, useReserve);
    }

    /** Returns the reserve of items for requests with M_USE_RESERVE. */
    public Reserve reserve() {
        return reserve;
    }

    /** Makes a new page run read as zero. No other thread may know the run yet. */
    public void zero(Slab run) {
        slabs.zero(run);
    }

    /** Excludes a page run from core dumps until it is released, if the OS supports that. Called before the run is handed out. */
    public void keepOutOfDumps(Slab run) {
        run.dumped = false;
        map.dump(run.base >>> SlabMap.UNIT_GRANULE_SHIFT, run.units, false);
    }

    /** Releases a page run to the kernel map. The caller has set the tag of the run to 0. */
    public void releaseRun(Slab run) {
        if (!run.dumped) {
            map.dump(run.base >>> SlabMap.UNIT_GRANULE_SHIFT, run.units, true);
        }
        slabs.release(run);
    }

    /** Counts a request for an item of a zone that was not served. Has no effect if the zone does not exist any more. */
    public void countFailure(int number) {
        UmaZone zone = zones[number];
        if (zone != null) {
            zone.countFailure();
        }
    }

    /**
     * Returns all unused memory to the kernel map: the items in the caches of all CPUs and in the depots, and then the empty slabs
     * (uma_reclaim).
     *
     * <p>If a critical section does not end within 100 ms, the caches keep their items. A zone with a callback that has not returned for a
     * second is left out. Slabs of a keg with UMA_ZONE_NOFREE stay.
     */
    public void reclaim() {
        drainCaches(DRAIN_MILLIS);
        List<UmaZone> all = zones();
        all.forEach(zone -> giveBack(zone, zone::drain));
        all.stream().filter(UmaZone::primary).forEach(zone -> giveBack(zone, zone.keg()::drain));
    }

    /**
     * Returns idle memory (the working-set trim). First empties the full buckets that no request needed since the last call. Then releases
     * all empty slabs, the memory of the OS pages inside slabs that hold only free items, and the memory of unused tags. The caches of the
     * CPUs keep their items.
     */
    public void trimIdle() {
        List<UmaZone> all = zones();
        all.forEach(zone -> giveBack(zone, zone::trim));
        trimKegs(all);
    }

    /**
     * Returns all unused memory to the OS: {@link #reclaim()}, and then the memory of the OS pages inside slabs that hold only free items,
     * and the memory of unused tags.
     */
    public void trim() {
        reclaim();
        trimKegs(zones());
    }

    /**
     * Releases all empty slabs, the memory of idle OS pages in the other slabs, and the memory of tags that no slab uses. Each keg is
     * visited once, with its primary zone.
     */
    private void trimKegs(List<UmaZone> all) {
        all.stream().filter(UmaZone::primary).forEach(zone -> {
            giveBack(zone, zone.keg()::drain);
            zone.keg().trim();
        });
        slabs.trimTags();
    }

    /**
     * Returns the unused memory of one zone to the kernel map. The caches of all zones are emptied. The callbacks of the given zone run in
     * the calling thread, which therefore waits for each of them without a limit.
     */
    public void drain(UmaZone zone) {
        recall(zone);
        zone.drain();
        if (zone.primary()) {
            zone.keg().drain();
        }
    }

    /**
     * Moves all items from the caches of all CPUs to their zones. Has no effect if a critical section does not end within {@value
     * #DRAIN_MILLIS} ms. A zone with a callback that has not returned for a second is left out.
     *
     * @param own the caller's zone, whose callbacks run in the calling thread; other zones' callbacks run in threads of their own
     */
    public void recall(UmaZone own) {
        drainCaches(DRAIN_MILLIS, own);
    }

    /** Returns the runner of drivers' callbacks. */
    public ForeignCalls calls() {
        return calls;
    }

    /**
     * Runs work that returns items of a zone. Work that may call a driver runs in a thread of its own. If the callback does not return, the
     * caller goes on after a second, and the zone is left out until the callback returns.
     */
    private void giveBack(UmaZone zone, Runnable work) {
        if (!zone.callsDriver()) {
            work.run();
        } else if (!calls.isLate(zone)) {
            calls.run(zone, work, zone::tellLate);
        }
    }

    /** Returns all slabs and page runs that exist now, the oldest first. */
    public List<Slab> liveSlabs() {
        return slabs.live();
    }

    /**
     * Returns the number of free items of each zone, in slabs, depot and caches. The index is the number of the zone; a number without a
     * zone has 0. The items in the slabs of a keg count for its primary zone only.
     */
    public long[] freeItems() {
        @Nullable UmaZone[] table = zones;
        long[] free = new long[table.length];
        for (UmaZone zone : table) {
            if (zone != null) {
                free[zone.number()] = free(zone);
            }
        }
        return free;
    }

    /** Returns the number of free items of a zone, in slabs, depot and caches. For a secondary zone, slabs do not count. */
    public long free(UmaZone zone) {
        return cached(zone) + zone.free();
    }

    /** Returns the number of items of a zone in the caches of the CPUs. While other CPUs use their caches, the result is approximate. */
    public long cached(UmaZone zone) {
        places.lock();
        try {
            return cpus.all().stream()
                    .mapToLong(slot -> Cache.count(slot, zone))
                    .sum();
        } finally {
            places.unlock();
        }
    }

    /**
     * Returns the number of items of a zone in the caches of the CPUs, summed by CPU record ({@link CpuRecords}).
     *
     * @param records the number of records in the result, at least 1
     */
    long[] cachedByCpu(UmaZone zone, int records) {
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

    /**
     * Enters a critical section of the caller's slot in which no drain is at work. If a drain is at work, waits for its end first. If
     * handshakes of a {@link Crowd} are running, sleeps for a moment. The caller holds no lock, is in no other critical section, and ends
     * the section with {@link #leave}. If the caller has no slot of its own, the shared slot is locked until then.
     *
     * @throws StackOverflowError if the stack has too little room for a critical section; nothing has changed then
     */
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

    /** Ends the critical section that {@link #enterCurrent()} began. */
    public void leave(Pcpu cpu) {
        cpu.exit();
        cpus.releaseIfShared(cpu);
    }

    /**
     * Returns the number of the caller's slot. A virtual thread may lose the slot at once, so the number is only a hint. If the caller has
     * no slot of its own, returns 0, the number of the shared slot.
     */
    private int currentNumber() {
        Pcpu cpu = cpus.current();
        return cpu == null ? 0 : cpu.number;
    }

    /** Returns the lowest number without a zone, which may be one more than the table has. Called under {@code places}. */
    private int freeNumber() {
        @Nullable UmaZone[] table = zones;
        for (int number = 0; number < table.length; number++) {
            if (table[number] == null) {
                return number;
            }
        }
        return table.length;
    }

    /** Enters a zone in the table, which grows if necessary. Called under {@code places}. */
    private UmaZone install(UmaZone zone) {
        @Nullable UmaZone[] table = Arrays.copyOf(zones, Math.max(zones.length, zone.number() + 1));
        table[zone.number()] = zone;
        zones = table;
        return zone;
    }

    /** Empties the caches of all CPUs; see {@link #drainCaches(long, UmaZone)}. */
    private boolean drainCaches(long waitMillis) {
        return drainCaches(waitMillis, null);
    }

    /**
     * Empties the caches of all CPUs and returns the items to their zones. {@link Drain} explains why no item is lost or handed out twice.
     *
     * @param own the zone whose callbacks run in the calling thread; null for none
     * @return false if a critical section did not end in time; the caches are unchanged then. A zone with a late callback is left out in
     *     any case.
     */
    @SuppressWarnings("ReferenceEquality") // identity comparison is intended
    private boolean drainCaches(long waitMillis, @Nullable UmaZone own) {
        Drain drain = new Drain(cpus);
        boolean taken;
        places.lock();
        try {
            draining = true;
            gates.pauseAll();
            List<UmaZone> drained =
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

    /**
     * Enters a critical section of the caller's slot, in which the slot has a cache of the zone unless the zone is closed. If the arrays of
     * the cache cannot be allocated, leaves the section and throws the OutOfMemoryError.
     */
    private Pcpu enterWith(UmaZone zone) {
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

    /** Waits until no drain is at work. Called outside critical sections. */
    private void awaitDrain() {
        places.lock();
        try {
            // The thread that drains holds this lock until it has finished.
        } finally {
            places.unlock();
        }
    }
}
