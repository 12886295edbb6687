package malloc9.malloc.account;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The counts of one type's items by zone, for the zones beyond the first set ({@link ZoneSets}).
 *
 * <p>{@link Counters} count by size class. A type may move to another set while items of the former set are in use, so that the class of an item does
 * not tell its zone. Only slow paths serve zones beyond the first set, and count here as well; the other items of a class are items of the first
 * set.
 */
public final class ZoneCounts {

    private record Count(AtomicLong allocs, AtomicLong frees) {}

    private final SizeClasses classes;
    private final Map<Integer, Count> counts = new ConcurrentHashMap<>();

    public ZoneCounts(SizeClasses classes) {
        this.classes = classes;
    }

    /** Counts an item that was handed out. */
    public void allocated(int zone) {
        if (zone >= classes.count()) {
            of(zone).allocs.incrementAndGet();
        }
    }

    /** Counts an item that was taken back. */
    public void freed(int zone) {
        if (zone >= classes.count()) {
            of(zone).frees.incrementAndGet();
        }
    }

    /**
     * Adds the type's requests to those of the zones.
     *
     * @param counters the type's counters, which were summed before
     * @param requests by zone
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
     * Adds the type's items in use to those of the zones.
     *
     * @param counters the type's counters, which were summed before
     * @param used by zone
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

    private Count of(int zone) {
        return counts.computeIfAbsent(zone, unknown -> new Count(new AtomicLong(), new AtomicLong()));
    }
}
