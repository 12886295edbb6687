package malloc9.uma;

import static malloc9.api.MallocFlags.M_NOWAIT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import malloc9.pcpu.Cpus;
import malloc9.vm.KernelMap;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of items and page runs (uma_core): its zones, its CPUs' caches, and the way between them.
 *
 * <p>The fast paths of malloc, free, zalloc and zfree work on {@link CpuCaches} and {@link Slab} themselves; this class
 * is what they fall back to. Nothing here may be called inside a critical section, but for {@link #slabs()}.
 *
 * <p>Zones come and go. The first ones are malloc's and stay; the numbers of the others are used again. A CPU has a cache
 * of a zone from its first item there to the next {@link #reclaim()}.
 */
public final class Uma {

    /** Bytes up to which a request is an item of a zone; above it is a page run. */
    public static final long ITEM_MAX = KernelMap.UNIT;

    /** How long a reclaim waits for other CPUs' sections; what does not end by then keeps the caches where they are. */
    private static final long DRAIN_MILLIS = 100;

    private final KernelMap map;
    private final SlabMap slabs;
    private final Cpus<CpuCaches> cpus;

    /** By number, null where there is none. Replaced under places. */
    private volatile @Nullable Zone[] zones;

    /** Guards the places of caches in slots, the counts of those that are gone, and the table of zones. */
    private final ReentrantLock places = new ReentrantLock();

    /**
     * An allocator with a zone for each item size.
     *
     * @param names the zones' names
     * @param sizes their items' bytes, multiples of a granule up to {@link #ITEM_MAX}
     * @param counterColumns counters in a row of a CPU's counters
     */
    public Uma(KernelMap map, List<String> names, long[] sizes, int counterColumns) {
        this.map = map;
        this.slabs = new SlabMap(map);
        @Nullable Zone[] first = new Zone[sizes.length];
        for (int zone = 0; zone < sizes.length; zone++) {
            int units = ZoneDesign.units(sizes[zone]);
            first[zone] = new Zone(names.get(zone), zone, sizes[zone], new Keg(slabs, zone, sizes[zone], units));
        }
        this.zones = first;
        this.cpus = new Cpus<>(() -> new CpuCaches(sizes.length), counterColumns);
    }

    /** Who am I. */
    public Cpus<CpuCaches> cpus() {
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
    public Zone create(ZoneDesign design, @Nullable ItemLife life) {
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
            Zone zone = new Zone(name, freeNumber(), master.itemBytes(), master.keg(), kegs, false, false);
            return new SecondaryZone(install(zone), kegs);
        } finally {
            places.unlock();
        }
    }

    /**
     * Takes zones out of service, together: no CPU gets a cache of them any more. Their callers must find out by
     * themselves.
     *
     * @return their caches, for {@link #count} and {@link #finish} after {@link Cpus#quiesce}
     */
    public Drain close(List<Zone> closing) {
        closing.forEach(Zone::close);
        places.lock();
        try {
            return take(closing::contains);
        } finally {
            places.unlock();
        }
    }

    /** Adds the counts of closed zones' caches to the zones'. */
    public void count(Drain caches) {
        places.lock();
        try {
            caches.fold();
        } finally {
            places.unlock();
        }
    }

    /**
     * Lets the caches of closed zones go, which no section uses any more, and empties the zones; slabs with items that are
     * out go when they become empty.
     */
    public void finish(Drain caches, List<Zone> closed) {
        caches.release();
        closed.forEach(Zone::drain);
        closed.stream().filter(Zone::primary).forEach(zone -> zone.keg().end());
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
        if (zone == null || zone.closed() || exchangeEmpty(zone)) {
            return true;
        }
        Bucket bucket = zone.fullBucket(flags);
        if (bucket == null) {
            return false;
        }
        CpuCaches cpu = enterCurrent();
        Cache cache = cpu.cache(number);
        boolean bare = cache.isOf(zone) && cache.count == 0 && cache.reserveIsEmpty();
        Bucket surplus = bare ? cache.load(bucket) : bucket;
        leave(cpu);
        zone.put(surplus);
        return true;
    }

    /** Makes room in the caller's cache of a zone. */
    public void flush(int number) {
        Zone zone = zones[number];
        if (zone == null || zone.closed() || exchangeFull(zone)) {
            return;
        }
        Bucket empty = zone.emptyBucket();
        CpuCaches cpu = enterCurrent();
        Cache cache = cpu.cache(number);
        boolean full = cache.isOf(zone) && cache.count == cache.items.length && cache.reserveIsFull();
        Bucket surplus = full ? cache.load(empty) : empty;
        leave(cpu);
        zone.put(surplus);
    }

    /** Takes items of a slab back that are in no cache, the last way: to where they came from. */
    public void release(Slab slab, int[] items, int count) {
        if (slab.keg != null) {
            slab.keg.release(items, count);
        }
    }

    /**
     * A page run of at least that many bytes, reading as zero.
     *
     * @param bytes as accounted
     * @return its slab of one item, or null if the map has no such hole
     */
    public @Nullable Slab allocateRun(long bytes) {
        int units = (int) (PageSource.roundUp(bytes, KernelMap.UNIT) >>> KernelMap.UNIT_SHIFT);
        return slabs.allocate(null, Slab.PAGE_RUN, units, bytes, 1);
    }

    /** Gives a page run back, whose tag is 0. */
    public void releaseRun(Slab run) {
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
        drainCaches(zone -> true);
        List<Zone> all = zones();
        all.forEach(Zone::drain);
        all.stream().filter(Zone::primary).forEach(zone -> zone.keg().drain());
    }

    /** Gives back to the map what of a zone is not in use. */
    public void drain(Zone zone) {
        recall(zone);
        zone.drain();
        if (zone.primary()) {
            zone.keg().drain();
        }
    }

    /** Takes a zone's items out of all CPUs' caches, back into their slabs. */
    public void recall(Zone zone) {
        drainCaches(zone::equals);
    }

    /** All slabs and page runs there are. */
    public List<Slab> liveSlabs() {
        return slabs.live();
    }

    /** The slabs of a zone's keg. */
    public List<Slab> slabsOf(Zone zone) {
        return slabs.live().stream().filter(slab -> zone.keg().equals(slab.keg)).toList();
    }

    /** Free items of each zone by number, in slabs, depot and caches. */
    public long[] freeItems() {
        @Nullable Zone[] table = zones;
        long[] free = new long[table.length];
        for (Zone zone : zones()) {
            free[zone.number()] = use(zone).free();
        }
        return free;
    }

    /**
     * How a zone is used.
     *
     * @param allocs items handed out so far, as far as the caches count them
     * @param frees items taken back
     * @param cached items in caches
     * @param free items in caches, depot and slabs
     */
    public record Use(long allocs, long frees, long cached, long free) {}

    /** How a zone is used; exact when nobody uses it. */
    public Use use(Zone zone) {
        places.lock();
        try {
            long cached = 0;
            long frees = zone.foldedFrees();
            long allocs = zone.foldedAllocs();
            for (CpuCaches slot : cpus.all()) {
                Cache cache = slot.cache(zone.number());
                cached += cache.free();
                frees += cache.frees;
                allocs += cache.allocs;
            }
            return new Use(allocs, frees, cached, cached + zone.free());
        } finally {
            places.unlock();
        }
    }

    /** The caller's slot, in a critical section. */
    public CpuCaches enterCurrent() {
        CpuCaches cpu = cpus.current();
        if (cpu == null) {
            cpu = cpus.lockShared();
        }
        cpu.enter();
        return cpu;
    }

    /** Ends the section that {@link #enterCurrent()} began. */
    public void leave(CpuCaches cpu) {
        cpu.exit();
        cpus.releaseIfShared(cpu);
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
    private void drainCaches(Predicate<Zone> wanted) {
        Drain drain;
        places.lock();
        try {
            drain = take(wanted);
            if (cpus.quiesce(DRAIN_MILLIS)) {
                drain.fold();
            } else {
                drain.putBack();
            }
        } finally {
            places.unlock();
        }
        drain.release();
    }

    private Drain take(Predicate<Zone> wanted) {
        Drain drain = new Drain();
        for (CpuCaches slot : cpus.all()) {
            drain.take(slot, zones(), wanted);
        }
        return drain;
    }

    /** Gives a CPU a cache of a zone, unless somebody was faster or the zone is closed. */
    private void open(CpuCaches cpu, Zone zone) {
        places.lock();
        try {
            if (cpu.cache(zone.number()) == Cache.NONE && !zone.closed()) {
                cpu.put(zone.number(), new Cache(zone, zone.bucketItems()));
            }
        } finally {
            places.unlock();
        }
    }

    private boolean exchangeEmpty(Zone zone) {
        CpuCaches cpu = enterCurrent();
        Cache cache = cpu.cache(zone.number());
        if (cache.count == 0 && !cache.reserveIsEmpty()) {
            cache.swap();
        }
        boolean done = cache.count > 0;
        leave(cpu);
        if (cache == Cache.NONE) {
            open(cpu, zone);
        }
        return done;
    }

    private boolean exchangeFull(Zone zone) {
        CpuCaches cpu = enterCurrent();
        Cache cache = cpu.cache(zone.number());
        if (cache.count == cache.items.length && !cache.reserveIsFull()) {
            cache.swap();
        }
        boolean done = cache.count < cache.items.length;
        leave(cpu);
        if (cache == Cache.NONE) {
            open(cpu, zone);
        }
        return done || cache == Cache.NONE;
    }
}
