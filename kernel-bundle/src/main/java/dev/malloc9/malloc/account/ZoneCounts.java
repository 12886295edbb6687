package dev.malloc9.malloc.account;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The counts of one type's items by zone, for the zones beyond the first set ({@link ZoneSets}).
 *
 * <p>{@link Counters} count by size class. A type may move to another set while items of the former set are in use. The class of an item
 * therefore does not determine its zone. Only slow paths serve zones beyond the first set; they count here as well. All other items of a
 * class count as items of the first set, including items of the reserve.
 */
public final class ZoneCounts {

    /** The numbers of items allocated from and freed into one zone. */
    private record Count(AtomicLong allocs, AtomicLong frees) {}

    private final SizeClasses classes;

    /** The counts by number of the zone. A zone has no entry before its first count. */
    private final Map<Integer, Count> counts = new ConcurrentHashMap<>();

    /** Creates counts of 0. */
    public ZoneCounts(SizeClasses classes) {
        this.classes = classes;
    }

    /** Creates the counts of a zone, so that {@link #allocated} needs no memory. Has no effect for a zone of the first set. */
    public void prepare(int zone) {
        if (zone >= classes.count()) {
            of(zone);
        }
    }

    /**
     * Counts an item that was allocated. Has no effect for a zone of the first set.
     *
     * @param zone the number of the zone
     */
    public void allocated(int zone) {
        if (zone >= classes.count()) {
            of(zone).allocs.incrementAndGet();
        }
    }

    /**
     * Counts an item that was freed. Has no effect for a zone of the first set, a page run or an item of the reserve.
     *
     * @param zone the number of the zone, or the negative number of a slab without a zone
     */
    public void freed(int zone) {
        if (zone >= classes.count()) {
            of(zone).frees.incrementAndGet();
        }
    }

    /**
     * Adds the type's requests to the requests of the zones.
     *
     * @param counters the type's counters, which were summed before
     * @param requests the number of requests by zone, to which the type's requests are added
     */
    public void addRequests(Counters counters, long[] requests) {
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            long allocs = counters.allocs(sizeClass);
            for (int zone = sizeClass + classes.count(); zone < requests.length; zone += classes.count()) {
                Count count = counts.get(zone);
                if (count != null) {
                    long beyond = count.allocs.get();
                    requests[zone] += beyond;
                    allocs -= beyond;
                }
            }
            requests[sizeClass] += Math.max(0, allocs);
        }
    }

    /**
     * Adds the type's items in use to the items in use of the zones. Requests that are in progress may shift items between a zone and the
     * zone of the first set.
     *
     * @param counters the type's counters, which were summed before
     * @param used the number of items in use by zone, to which the type's items are added
     */
    public void addUsed(Counters counters, long[] used) {
        for (int sizeClass = 0; sizeClass < classes.count(); sizeClass++) {
            long inUse = counters.allocs(sizeClass) - counters.frees(sizeClass);
            for (int zone = sizeClass + classes.count(); zone < used.length; zone += classes.count()) {
                Count count = counts.get(zone);
                if (count != null) {
                    long frees = count.frees.get();
                    long beyond = count.allocs.get() - frees;
                    used[zone] += beyond;
                    inUse -= beyond;
                }
            }
            used[sizeClass] += inUse;
        }
    }

    /** Returns the counts of a zone, and creates them if there are none. */
    private Count of(int zone) {
        return counts.computeIfAbsent(zone, unknown -> new Count(new AtomicLong(), new AtomicLong()));
    }
}
