package malloc9.uma;

import java.util.Arrays;
import java.util.List;
import malloc9.pcpu.Cpus;
import malloc9.pcpu.Pcpu;
import malloc9.vm.KernelMap;
import malloc9.vm.PageSource;
import org.jspecify.annotations.Nullable;

/**
 * The allocator of items and page runs (uma_core): its zones, its CPUs' caches, and the way between them.
 *
 * <p>The fast paths of malloc and free work on {@link Cache} and {@link Slab} themselves; this class is what they
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
    private final Cpus cpus = new Cpus();

    /**
     * An allocator with a zone for each item size.
     *
     * @param names the zones' names
     * @param sizes their items' bytes, multiples of a granule up to {@link #ITEM_MAX}
     */
    public Uma(KernelMap map, List<String> names, long[] sizes) {
        this(map, names, sizes, 1);
    }

    /**
     * An allocator with several zones for each item size, all of one name: set by set, size by size.
     *
     * @param sets how many
     */
    public Uma(KernelMap map, List<String> names, long[] sizes, int sets) {
        this.map = map;
        this.slabs = new SlabMap(map);
        this.zones = new Zone[sets * sizes.length];
        for (int zone = 0; zone < zones.length; zone++) {
            int sizeClass = zone % sizes.length;
            long bytes = sizes[sizeClass];
            int units = bytes <= PageSource.PAGE ? 1 : LARGE_SLAB_UNITS;
            Keg keg = new Keg(slabs, zone, sizeClass, bytes, units);
            zones[zone] = new Zone(names.get(sizeClass), zone, sizeClass, bytes, keg);
        }
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

    /** The zones by number. */
    public List<Zone> zones() {
        return List.of(zones);
    }

    /**
     * Puts items into the caller's cache of a zone.
     *
     * @return false if there is no memory
     */
    public boolean refill(int number) {
        Zone zone = zones[number];
        Bucket bucket = zone.fullBucket();
        if (bucket == null) {
            return false;
        }
        Pcpu cpu = enterWith(zone);
        if (Cache.hasRoom(cpu, zone, bucket.count)) {
            Cache.fill(cpu, zone, bucket);
        }
        leave(cpu);
        zone.put(bucket);
        return true;
    }

    /** Makes room in the caller's cache of a zone. */
    public void flush(int number) {
        Zone zone = zones[number];
        Bucket bucket = zone.emptyBucket();
        Pcpu cpu = enterWith(zone);
        if (!Cache.hasRoom(cpu, zone, 1)) {
            Cache.drain(cpu, zone, bucket);
        }
        leave(cpu);
        zone.put(bucket);
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
        return slabs.allocateRun(bytes);
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
        return Arrays.stream(zones).mapToLong(this::free).toArray();
    }

    /** The caller's slot, in a critical section. */
    public Pcpu enterCurrent() {
        Pcpu cpu = cpus.current();
        if (cpu == null) {
            cpu = cpus.lockShared();
        }
        cpu.enter();
        return cpu;
    }

    /** Ends the section that {@link #enterCurrent()} began. */
    public void leave(Pcpu cpu) {
        cpu.exit();
        cpus.releaseIfShared(cpu);
    }

    private long free(Zone zone) {
        long cached = 0;
        for (Pcpu cpu : cpus.all()) {
            cached += Cache.count(cpu, zone);
        }
        return cached + zone.free();
    }

    private void drainOwnCache(Zone zone) {
        Bucket bucket = zone.emptyBucket();
        for (boolean more = true; more; ) {
            Pcpu cpu = enterWith(zone);
            Cache.drain(cpu, zone, bucket);
            more = bucket.count == bucket.items.length;
            leave(cpu);
            zone.release(bucket.items, bucket.count);
            bucket.count = 0;
        }
        zone.put(bucket);
    }

    /** The caller's slot, in a critical section, with a cache of that zone. */
    private Pcpu enterWith(Zone zone) {
        Pcpu cpu = enterCurrent();
        if (!Cache.isOpen(cpu, zone.number())) {
            try {
                Cache.open(cpu, zones);
            } catch (OutOfMemoryError e) {
                leave(cpu);
                throw e;
            }
        }
        return cpu;
    }
}
