package malloc9.uma;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import malloc9.pcpu.Pcpu;

/** The per-CPU slot as the allocator fills it: a cache for each zone that was used here. */
public final class CpuCaches extends Pcpu {

    /**
     * By the zone's number; may be too short for a young zone. Read in a critical section of the slot's owner, changed
     * under the lock of {@link Uma}: elements appear and go, the array is replaced by a longer one with the same.
     */
    public Cache[] caches;

    CpuCaches(int zones) {
        caches = none(zones);
    }

    /** The cache of a zone, or {@link Cache#NONE}. */
    Cache cache(int zone) {
        Cache[] current = caches;
        return zone < current.length ? current[zone] : Cache.NONE;
    }

    /** Puts a cache in its place, whole before it can be seen there. */
    void put(int zone, Cache cache) {
        VarHandle.releaseFence();
        if (zone >= caches.length) {
            Cache[] grown = none(Math.max(8, Integer.highestOneBit(zone) << 1));
            System.arraycopy(caches, 0, grown, 0, caches.length);
            grown[zone] = cache;
            VarHandle.releaseFence();
            caches = grown;
        } else {
            caches[zone] = cache;
        }
    }

    private static Cache[] none(int zones) {
        Cache[] caches = new Cache[zones];
        Arrays.fill(caches, Cache.NONE);
        return caches;
    }
}
