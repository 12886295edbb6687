package malloc9.vm;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The kernel map hands out runs of a page source's range (kmem_map).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: the range is counted in units of 64 KiB, so that the page table above has one entry a unit.
 *   <li>Concurrency: one lock, held for a look-up in a tree; OS calls are made outside.
 *   <li>Invariants: holes never touch each other; every byte of a hole reads as zero.
 *   <li>Cost: first fit from the bottom, linear in the number of holes before the fit.
 *   <li>Differs from BSD: units of 64 KiB instead of 4 KiB, of address space only: memory is backed by the OS page.
 * </ul>
 */
public final class KernelMap {

    /** Log2 of the bytes of a unit. */
    public static final int UNIT_SHIFT = 16;

    /** Bytes of a unit. */
    public static final int UNIT = 1 << UNIT_SHIFT;

    private final PageSource pages;
    private final ReentrantLock lock = new ReentrantLock();

    /** First unit of a hole to its length. Guarded by lock. */
    private final NavigableMap<Integer, Integer> holes = new TreeMap<>();

    /** Guarded by lock. */
    private int usedUnits;

    /** Releases between their check of {@code closed} and the end of their OS call. Guarded by lock. */
    private int purging;

    /** Guarded by lock. */
    private boolean closed;

    private final Condition purged = lock.newCondition();

    /** A map over a range that nobody else uses. */
    public KernelMap(PageSource pages) {
        this.pages = pages;
        holes.put(0, units());
    }

    /** Where the range begins. */
    public long base() {
        return pages.base();
    }

    /** Bytes of the range (vm.kmem_size). */
    public long size() {
        return pages.size();
    }

    /** Units of the range. */
    public int units() {
        return (int) (pages.size() >>> UNIT_SHIFT);
    }

    /** Bytes handed out (vm.kmem_map_size). */
    public long used() {
        lock.lock();
        try {
            return (long) usedUnits << UNIT_SHIFT;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of the largest hole (vm.kmem_map_free, row 1); the whole span when nothing is handed out. */
    public long largestHole() {
        lock.lock();
        try {
            int largest = 0;
            for (int length : holes.values()) {
                largest = Math.max(largest, length);
            }
            return (long) largest << UNIT_SHIFT;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a run of units that reads as zero.
     *
     * @param alignment in units, a power of two
     * @return the first unit, or -1 if no hole fits
     */
    public int allocate(int units, int alignment) {
        lock.lock();
        try {
            for (Map.Entry<Integer, Integer> hole : holes.entrySet()) {
                int start = hole.getKey();
                int end = start + hole.getValue();
                int first = (int) PageSource.roundUp(start, alignment);
                if (first + units <= end) {
                    carve(start, end, first, first + units);
                    return first;
                }
            }
            return -1;
        } finally {
            lock.unlock();
        }
    }

    /** Gives a run back, its memory to the OS; after {@link #close()} there is nothing to give back. */
    public void release(int first, int units) {
        if (!beginPurge()) {
            return;
        }
        boolean done = false;
        try {
            pages.purge((long) first << UNIT_SHIFT, (long) units << UNIT_SHIFT);
            done = true;
        } finally {
            endPurge(first, units, done);
        }
    }

    private boolean beginPurge() {
        lock.lock();
        try {
            if (!closed) {
                purging++;
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** A run that the OS would not take back may hold anything, and is no hole. */
    private void endPurge(int first, int units, boolean done) {
        lock.lock();
        try {
            purging--;
            purged.signalAll();
            if (!done) {
                return;
            }
            usedUnits -= units;
            int start = first;
            int end = first + units;
            Map.Entry<Integer, Integer> below = holes.floorEntry(first);
            if (below != null && below.getKey() + below.getValue() == first) {
                start = below.getKey();
            }
            Integer above = holes.remove(end);
            if (above != null) {
                end += above;
            }
            holes.put(start, end - start);
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a run out of core dumps, or lets it in again. */
    public void dump(int first, int units, boolean dumped) {
        pages.dump((long) first << UNIT_SHIFT, (long) units << UNIT_SHIFT, dumped);
    }

    /** Ends the map and its range; a thread that comes too late with a run finds the map closed, not another's pages. */
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            holes.clear();
            while (purging > 0) {
                purged.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        pages.close();
    }

    private void carve(int start, int end, int first, int last) {
        holes.remove(start);
        if (start < first) {
            holes.put(start, first - start);
        }
        if (last < end) {
            holes.put(last, end - last);
        }
        usedUnits += last - first;
    }
}
