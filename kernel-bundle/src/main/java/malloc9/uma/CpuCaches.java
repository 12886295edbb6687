package malloc9.uma;

import malloc9.pcpu.Pcpu;

/** The per-CPU slot as the allocator fills it: a cache for each zone. */
public final class CpuCaches extends Pcpu {

    /** By the zone's number. */
    public final Cache[] caches;

    CpuCaches(Zone[] zones) {
        caches = new Cache[zones.length];
        for (int zone = 0; zone < zones.length; zone++) {
            caches[zone] = new Cache(zones[zone].bucketItems());
        }
    }
}
