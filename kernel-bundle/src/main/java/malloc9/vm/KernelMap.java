package malloc9.vm;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;

/**
 * The kernel map hands out runs of a page source's range (kmem_map).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: the range is counted in units of 64 KiB, so that the page table above has one entry a unit.
 *   <li>Concurrency: one lock, held for a look-up in a tree; OS calls are made outside.
 *   <li>Invariants: holes never touch each other; a byte of a hole reads as zero, unless a stale address has written to it since the
 *       release: {@link #zero}. Who may not use the reserve leaves as many units of holes as it has.
 *   <li>Cost: first fit from the bottom, linear in the number of holes before the fit; from the top for contigmalloc.
 *   <li>Differs from BSD: units of 64 KiB instead of 4 KiB, of address space only: memory is backed by the OS page, and
 *       accounted by it.
 * </ul>
 */
public final class KernelMap {

    /** Log2 of the bytes of a unit. */
    public static final int UNIT_SHIFT = 16;

    /** Bytes of a unit. */
    public static final int UNIT = 1 << UNIT_SHIFT;

    /** Orders of {@link #freeBlocks()}: VM_NFREEORDER of amd64, the largest 16 MiB. */
    public static final int FREE_ORDERS = 13;

    private final PageSource pages;
    private final FailPoints failPoints = new FailPoints();
    private final KernelLock lock = new KernelLock();

    /** First unit of a hole to its length. Guarded by lock. */
    private final NavigableMap<Integer, Integer> holes = new TreeMap<>();

    /** Units that only requests with M_USE_RESERVE may make use of. */
    private final int reserveUnits;

    /** Units of all holes. Guarded by lock. */
    private int freeUnits;

    /**
     * Units that were released at least once. A stale address or segment of a freed block may have written to them since. Guarded by lock.
     */
    private final BitSet reused = new BitSet();

    /** Bytes of the runs as accounted. Guarded by lock. */
    private long usedBytes;

    /** Releases between their check of {@code closed} and the end of their OS call. Guarded by lock. */
    private int purging;

    /** Guarded by lock. */
    private boolean closed;

    private final Condition purged = lock.newCondition();

    /** Where requests wait for address space (wchan "nokva"). */
    private final Condition nokva = lock.newCondition();

    /** Requests that try again and again. */
    private final AtomicInteger requests = new AtomicInteger();

    /** How often those who wait were told to try again. Written under lock. */
    private volatile long wakeUps;

    /** A map over a range that nobody else uses, without a reserve. */
    public KernelMap(PageSource pages) {
        this(pages, 0);
    }

    /**
     * A map over a range that nobody else uses.
     *
     * @param reserveBytes what is kept for requests with M_USE_RESERVE; no more than half of the range
     */
    public KernelMap(PageSource pages, long reserveBytes) {
        this.pages = pages;
        this.reserveUnits = (int) (Math.clamp(reserveBytes, 0, pages.size() / 2) >>> UNIT_SHIFT);
        this.freeUnits = units();
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

    /** Bytes that only requests with M_USE_RESERVE may make use of (vm.kmem_reserve). */
    public long reserve() {
        return (long) reserveUnits << UNIT_SHIFT;
    }

    /** What lies behind the range for what is to be known of it; ends with the map. */
    public MemorySegment shadow() {
        return pages.shadow();
    }

    /** The steps that can be made to fail, of this layer and of those above. */
    public FailPoints failPoints() {
        return failPoints;
    }

    /** Units of the range. */
    public int units() {
        return (int) (pages.size() >>> UNIT_SHIFT);
    }

    /** Bytes in use (vm.kmem_map_size): slabs, and the OS pages of page runs. */
    public long used() {
        lock.lock();
        try {
            return usedBytes;
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
     * The holes, cut into blocks of whole powers of two as large and as few as can be, each on a multiple of its length: how many of each
     * order there are, where a block of order n has {@code PAGE << n} bytes.
     */
    public long[] freeBlocks() {
        long[] blocks = new long[FREE_ORDERS];
        int smallest = UNIT_SHIFT - Long.numberOfTrailingZeros(PageSource.PAGE);
        lock.lock();
        try {
            for (Map.Entry<Integer, Integer> hole : holes.entrySet()) {
                int first = hole.getKey();
                int end = first + hole.getValue();
                while (first < end) {
                    int aligned = first == 0 ? Integer.SIZE : Integer.numberOfTrailingZeros(first);
                    int fits = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(end - first);
                    int order = Math.min(Math.min(aligned, fits), FREE_ORDERS - 1 - smallest);
                    blocks[smallest + order]++;
                    first += 1 << order;
                }
            }
        } finally {
            lock.unlock();
        }
        return blocks;
    }

    /** Takes a run of units, all of them accounted, and none of the reserve. */
    public int allocate(int units, int alignment) {
        return allocate(units, alignment, (long) units << UNIT_SHIFT, false);
    }

    /**
     * Takes a run of units.
     *
     * @param alignment in units, a power of two
     * @param bytes what {@link #used()} grows by
     * @param reserve whether the reserve may be used
     * @return the first unit, or -1 if no hole fits
     */
    public int allocate(int units, int alignment, long bytes, boolean reserve) {
        if (failPoints.fails(FailPoints.Step.COMMIT)) {
            return -1;
        }
        lock.lock();
        try {
            if (units > available(reserve)) {
                return -1;
            }
            for (Map.Entry<Integer, Integer> hole : holes.entrySet()) {
                int end = hole.getKey() + hole.getValue();
                int first = (int) PageSource.roundUp(hole.getKey(), alignment);
                if (first + units <= end) {
                    carve(hole, first, first + units, bytes);
                    return first;
                }
            }
            return -1;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a run of OS pages that lies where it shall, as high as that is possible; with it the rest of
     * the units in which it begins and ends.
     *
     * @param bytes whole OS pages
     * @return the offset of its first byte, or -1 if no hole fits
     */
    public long allocateContig(long bytes, ContigRange where, boolean reserve) {
        if (failPoints.fails(FailPoints.Step.COMMIT)) {
            return -1;
        }
        lock.lock();
        try {
            for (Map.Entry<Integer, Integer> hole : holes.descendingMap().entrySet()) {
                long from = (long) hole.getKey() << UNIT_SHIFT;
                long start = where.highest(from, from + ((long) hole.getValue() << UNIT_SHIFT), bytes);
                if (start >= 0 && unitsOf(start, bytes) <= available(reserve)) {
                    int first = (int) (start >>> UNIT_SHIFT);
                    carve(hole, first, first + unitsOf(start, bytes), bytes);
                    return start;
                }
            }
            return -1;
        } finally {
            lock.unlock();
        }
    }

    /** The units that a run of bytes touches. */
    public static int unitsOf(long start, long bytes) {
        return (int) (((start + bytes - 1) >>> UNIT_SHIFT) - (start >>> UNIT_SHIFT)) + 1;
    }

    /** Gives back a run of which all units are accounted. */
    public void release(int first, int units) {
        release(first, units, (long) units << UNIT_SHIFT);
    }

    /**
     * Gives a run back, its memory to the OS; after {@link #close()} there is nothing to give back.
     *
     * @param bytes what it was accounted with
     */
    public void release(int first, int units, long bytes) {
        if (!beginPurge()) {
            return;
        }
        boolean done = false;
        try {
            pages.purge((long) first << UNIT_SHIFT, (long) units << UNIT_SHIFT);
            done = true;
        } finally {
            endPurge(first, units, bytes, done);
        }
    }

    /** Gives the memory behind OS pages back that stay taken; they read as zero. */
    public void discard(long offset, long bytes) {
        if (!beginPurge()) {
            return;
        }
        try {
            pages.purge(offset, bytes);
        } finally {
            lock.lock();
            try {
                purging--;
                purged.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * Makes OS pages of a run read as zero that its caller has just taken. Only units that were released before cost a call of the OS:
     * a stale address may have written to them since. To purge them again is exact and cheaper than to write zeroes, since their pages
     * are usually not backed.
     */
    public void zero(long offset, long bytes) {
        int first = (int) (offset >>> UNIT_SHIFT);
        int end = first + unitsOf(offset, bytes);
        boolean clean;
        lock.lock();
        try {
            int next = reused.nextSetBit(first);
            clean = next < 0 || next >= end;
        } finally {
            lock.unlock();
        }
        if (!clean) {
            discard(offset, bytes);
        }
    }

    /** Gives the memory behind OS pages of the shadow back; they read as zero. */
    public void discardShadow(long offset, long bytes) {
        discard(size() + offset, bytes);
    }

    /** Makes every request that waits for address space try again, or see that it need not any more. */
    public void wakeUp() {
        lock.lock();
        try {
            wakeUpLocked();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The same where it costs nothing unless somebody waits: whoever begins to wait after this look tries once more, and
     * finds what was freed before it.
     */
    public void wakeUpIfAwaited() {
        if (requests.get() != 0) {
            wakeUp();
        }
    }

    /** A request begins, or ends, to try again and again. */
    void awaited(boolean begins) {
        requests.addAndGet(begins ? 1 : -1);
    }

    /** How often requests were woken so far; for {@link #await}. */
    long wakeUps() {
        return wakeUps;
    }

    /** Waits until requests are woken once more than they were when {@code seen} was read, or the time is over. */
    @SuppressWarnings("WaitNotInLoop") // the caller tries again, and comes back with the time that is left
    void await(long seen, long nanos, WaitClock clock) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (wakeUps == seen) {
                clock.await(nokva, nanos);
            }
        } finally {
            lock.unlock();
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

    /** A run that could not be purged may hold anything, and is no hole. */
    private void endPurge(int first, int units, long bytes, boolean done) {
        lock.lock();
        try {
            purging--;
            purged.signalAll();
            reused.set(first, first + units);
            if (!done) {
                return;
            }
            int last = first + units;
            Map.Entry<Integer, Integer> below = holes.floorEntry(first);
            Integer above = holes.get(last);
            boolean touches = below != null && below.getKey() + below.getValue() == first;
            int start = touches ? below.getKey() : first;
            holes.put(start, (above == null ? last : last + above) - start);
            if (above != null) {
                holes.remove(last);
            }
            freeUnits += units;
            usedBytes -= bytes;
            wakeUpLocked();
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
            wakeUpLocked();
            while (purging > 0) {
                purged.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        pages.close();
    }

    /** Units that a request may take; that they are not contiguous is another matter. */
    private int available(boolean reserve) {
        return reserve ? freeUnits : freeUnits - reserveUnits;
    }

    /** What needs the Java heap comes before what changes something: without heap nothing has happened. */
    private void carve(Map.Entry<Integer, Integer> hole, int first, int last, long bytes) {
        int end = hole.getKey() + hole.getValue();
        Integer head = first - hole.getKey();
        if (last < end) {
            holes.put(last, end - last);
        }
        if (head > 0) {
            hole.setValue(head);
        } else {
            holes.remove(hole.getKey());
        }
        freeUnits -= last - first;
        usedBytes += bytes;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under lock
    private void wakeUpLocked() {
        wakeUps++;
        nokva.signalAll();
    }
}
