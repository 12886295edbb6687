package malloc9.uma;

import java.util.ArrayList;
import java.util.List;
import malloc9.pcpu.Cpus;
import malloc9.vm.KernelMap;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of items and page runs (uma_core): its zones, its CPUs' caches, and the way between them.
 *
 * <p>The fast paths of malloc and free work on {@link CpuCaches} and {@link Slab} themselves; this class is what they
 * fall back to. Nothing here may be called inside a critical section, but for {@link #slabs()}.
 */
public final class Uma {

    /** Bytes up to which a request is an item of a zone; above it is a page run. */
    public static final long ITEM_MAX = KernelMap.UNIT;

    /** Items above an OS page share slabs of this many units, so that most sizes leave little over. */
    private static final int LARGE_SLAB_UNITS = 4;

    private final KernelMap map;
    private final SlabMap slabs;
    private final Zone[] zones;
    private final Cpus<CpuCaches> cpus;

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
        this.zones = new Zone[sizes.length];
        for (int zone = 0; zone < sizes.length; zone++) {
            int units = sizes[zone] <= PageSource.PAGE ? 1 : LARGE_SLAB_UNITS;
            zones[zone] = new Zone(names.get(zone), zone, sizes[zone], new Keg(slabs, zone, sizes[zone], units));
        }
        this.cpus = new Cpus<>(() -> new CpuCaches(zones), counterColumns);
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

    /** The zones by number. */
    public List<Zone> zones() {
        return List.of(zones);
    }

    /**
     * Puts items into the caller's cache of a zone.
     *
     * @return false if there is no memory
     */
    public boolean refill(int zone) {
        if (exchangeEmpty(zone)) {
            return true;
        }
        Bucket bucket = zones[zone].fullBucket();
        if (bucket == null) {
            return false;
        }
        CpuCaches cpu = enterCurrent();
        Cache cache = cpu.caches[zone];
        Bucket surplus = cache.count == 0 && cache.reserveIsEmpty() ? cache.load(bucket) : bucket;
        leave(cpu);
        zones[zone].put(surplus);
        return true;
    }

    /** Makes room in the caller's cache of a zone. */
    public void flush(int zone) {
        if (exchangeFull(zone)) {
            return;
        }
        Bucket empty = zones[zone].emptyBucket();
        CpuCaches cpu = enterCurrent();
        Cache cache = cpu.caches[zone];
        boolean full = cache.count == cache.items.length && cache.reserveIsFull();
        Bucket surplus = full ? cache.load(empty) : empty;
        leave(cpu);
        zones[zone].put(surplus);
    }

    /** Takes items back into the slabs that are in no cache. */
    public void release(int zone, int[] items, int count) {
        zones[zone].release(items, count);
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
    public void countFailure(int zone) {
        zones[zone].countFailure();
    }

    /** Gives back to the map what no other CPU's cache holds (uma_reclaim). */
    public void reclaim() {
        for (Zone zone : zones) {
            drainOwnCache(zone);
            zone.drain();
        }
    }

    /** All slabs and page runs there are. */
    public List<Slab> liveSlabs() {
        return slabs.live();
    }

    /** Free items of each zone, in slabs, depot and caches. */
    public long[] freeItems() {
        List<CpuCaches> slots = new ArrayList<>();
        cpus.all().forEach(slots::add);
        long[] free = new long[zones.length];
        for (int zone = 0; zone < zones.length; zone++) {
            free[zone] = zones[zone].free();
            for (CpuCaches slot : slots) {
                free[zone] += slot.caches[zone].free();
            }
        }
        return free;
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

    private void drainOwnCache(Zone zone) {
        Bucket first = zone.emptyBucket();
        Bucket second = zone.emptyBucket();
        CpuCaches cpu = enterCurrent();
        Cache cache = cpu.caches[zone.number()];
        Bucket reserve = cache.load(first);
        Bucket loaded = cache.load(second);
        leave(cpu);
        zone.put(reserve);
        zone.put(loaded);
    }

    private boolean exchangeEmpty(int zone) {
        CpuCaches cpu = enterCurrent();
        Cache cache = cpu.caches[zone];
        if (cache.count == 0 && !cache.reserveIsEmpty()) {
            cache.swap();
        }
        boolean done = cache.count > 0;
        leave(cpu);
        return done;
    }

    private boolean exchangeFull(int zone) {
        CpuCaches cpu = enterCurrent();
        Cache cache = cpu.caches[zone];
        if (cache.count == cache.items.length && !cache.reserveIsFull()) {
            cache.swap();
        }
        boolean done = cache.count < cache.items.length;
        leave(cpu);
        return done;
    }
}
