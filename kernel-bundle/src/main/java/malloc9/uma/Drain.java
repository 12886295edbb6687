package malloc9.uma;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * A drain takes caches away from their CPUs, other threads', idle ones' and dead ones' too, and their items
 * once nobody can be using them.
 *
 * <p><b>Why no item is lost or handed out twice.</b> {@link #take} stores {@link Cache#NONE} where a CPU's cache was: there
 * is nothing to take there and no room to give, so that the fast paths fail by the tests that they make anyway. Then the
 * caller waits in {@link malloc9.pcpu.Cpus#quiesce}. A section that found the former cache has ended by then, with its
 * stores to be seen; a later one finds NONE, and goes the slow way, which puts a new cache there. So the former is ours
 * alone, as if its CPU had never been. Where quiesce finds a section that does not end, {@link #putBack} restores all: the
 * lock that is held from take to then keeps new caches out (for a closed zone there are none anyway), and caches that were
 * never emptied can go on where they were.
 *
 * <p>All but {@link #release()} is called under the lock that guards the places of caches.
 */
public final class Drain {

    private record Taken(Zone zone, CpuCaches slot, Cache cache) {}

    private final List<Taken> caches = new ArrayList<>();

    private boolean folded;

    Drain() {}

    /** Takes the caches of some zones from a slot. */
    void take(CpuCaches slot, Iterable<Zone> zones, Predicate<Zone> wanted) {
        for (Zone zone : zones) {
            Cache cache = slot.cache(zone.number());
            if (cache != Cache.NONE && wanted.test(zone)) {
                caches.add(new Taken(zone, slot, cache));
                slot.put(zone.number(), Cache.NONE);
            }
        }
    }

    /** Gives the caches back to who had them. */
    void putBack() {
        caches.forEach(taken -> taken.slot.put(taken.zone.number(), taken.cache));
        caches.clear();
    }

    /** Adds their counts to their zones', which outlive them; once. */
    void fold() {
        if (folded) {
            return;
        }
        folded = true;
        caches.forEach(taken -> taken.zone.fold(taken.cache));
    }

    /** Gives the items back to their slabs. */
    void release() {
        caches.forEach(taken -> taken.cache.emptyInto(taken.zone));
        caches.clear();
    }
}
