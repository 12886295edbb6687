package dev.malloc9.vm;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;

/**
 * The kernel map: allocates runs of address space from the range of one page source (FreeBSD's kmem_map).
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: the range is divided into units of 64 KiB; the page table of the layer above has one entry per unit.
 *   <li>Concurrency: one lock guards the tree of holes. OS calls are made without the lock.
 *   <li>Invariants: two holes are never adjacent. Every byte of a hole reads as zero, unless a stale address has written to it since the
 *       release: see {@link #zero}. A request that may not use the reserve leaves at least {@link #reserve()} bytes of holes.
 *   <li>Cost: first fit from the bottom of the range, or from the top for contigmalloc; linear in the number of holes before the fit.
 *   <li>Differs from BSD: the unit is 64 KiB of address space instead of a 4 KiB page. Memory is backed and accounted by OS page.
 * </ul>
 */
public final class KernelMap {

    /** The base-2 logarithm of {@link #UNIT}. */
    public static final int UNIT_SHIFT = 16;

    /** The size of a unit in bytes. */
    public static final int UNIT = 1 << UNIT_SHIFT;

    /** The number of orders of {@link #freeBlocks()}: VM_NFREEORDER of amd64. The largest order is 16 MiB if an OS page has 4 KiB. */
    public static final int FREE_ORDERS = 13;

    private final PageSource pages;
    private final FailPoints failPoints = new FailPoints();
    private final KernelLock lock = new KernelLock();

    /** The first unit of each hole, mapped to the hole's length in units. Guarded by {@code lock}. */
    private final NavigableMap<Integer, Integer> holes = new TreeMap<>();

    /** The number of units that are kept for requests with M_USE_RESERVE. */
    private final int reserveUnits;

    /** The total length of all holes, in units; not valid after {@link #close()}. Guarded by {@code lock}. */
    private int freeUnits;

    /**
     * The units that were released at least once. A stale address or segment of a freed block may have written to them since. Guarded by
     * {@code lock}.
     */
    private final BitSet reused = new BitSet();

    /** The number of accounted bytes of all allocated runs. Guarded by {@code lock}. */
    private long usedBytes;

    /**
     * The number of releases and discards that have passed the check of {@code closed} and whose OS call has not returned. Guarded by
     * {@code lock}.
     */
    private int purging;

    /** Whether {@link #close()} has begun. Guarded by {@code lock}. */
    private boolean closed;

    /** Signalled when {@code purging} has decreased. */
    private final Condition purged = lock.newCondition();

    /** Signalled when a request that waits for address space should try again (wait channel "nokva"). */
    private final Condition nokva = lock.newCondition();

    /** The number of requests that are in a retry loop ({@link KmemWait#retry}). */
    private final AtomicInteger requests = new AtomicInteger();

    /** The number of wake-ups so far. Written under {@code lock}. */
    private volatile long wakeUps;

    /** Creates a map without a reserve. The map is the only user of the page source, and closes it. */
    public KernelMap(PageSource pages) {
        this(pages, 0);
    }

    /**
     * Creates a map. The map is the only user of the page source, and closes it.
     *
     * @param reserveBytes the number of bytes that are kept for requests with M_USE_RESERVE; rounded down to whole units; at most half of
     *     the range is kept, and a negative number keeps none
     */
    public KernelMap(PageSource pages, long reserveBytes) {
        this.pages = pages;
        this.reserveUnits = (int) (Math.clamp(reserveBytes, 0, pages.size() / 2) >>> UNIT_SHIFT);
        this.freeUnits = units();
        holes.put(0, units());
    }

    /** Returns the address of the first byte of the range. */
    public long base() {
        return pages.base();
    }

    /** Returns the size of the range in bytes (vm.kmem_size). */
    public long size() {
        return pages.size();
    }

    /** Returns the number of bytes that only requests with M_USE_RESERVE may use (vm.kmem_reserve). */
    public long reserve() {
        return (long) reserveUnits << UNIT_SHIFT;
    }

    /**
     * Returns the shadow: the memory behind the range, for data about the range. If the map is closed, an access throws
     * {@link IllegalStateException}.
     */
    public MemorySegment shadow() {
        return pages.shadow();
    }

    /** Returns the fail points of this layer and of the layers above. */
    public FailPoints failPoints() {
        return failPoints;
    }

    /** Returns the size of the range in units. */
    public int units() {
        return (int) (pages.size() >>> UNIT_SHIFT);
    }

    /** Returns the number of bytes in use (vm.kmem_map_size): all bytes of slabs, and the OS pages of page runs. */
    public long used() {
        lock.lock();
        try {
            return usedBytes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the size in bytes of the largest hole (vm.kmem_map_free). The reserve is not subtracted. If nothing is allocated, that is the
     * whole range; after {@link #close()} it is 0.
     */
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
     * Divides the holes into blocks, and counts the blocks of each order. A block of order n has {@code PAGE << n} bytes and starts at a
     * multiple of its size. Each block is as large as possible, so that their number is as small as possible.
     *
     * @return the number of blocks by order, {@link #FREE_ORDERS} elements
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

    /**
     * Allocates a run of units, all of them accounted, without the reserve.
     *
     * @param alignment the alignment in units, a power of two
     * @return the first unit, or -1 if no hole is large enough or the run would need the reserve
     */
    public int allocate(int units, int alignment) {
        return allocate(units, alignment, (long) units << UNIT_SHIFT, false);
    }

    /**
     * Allocates a run of units. After {@link #close()} no request succeeds.
     *
     * @param alignment the alignment in units, a power of two
     * @param bytes the number of bytes by which {@link #used()} grows
     * @param reserve whether the run may be taken from the reserve
     * @return the first unit, or -1 if no hole is large enough or the run would need the reserve
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
     * Allocates a run of OS pages within the given constraints, at the highest possible address. The units at its ends are allocated as a
     * whole.
     *
     * @param bytes the size in bytes, a multiple of an OS page; {@link #used()} grows by it
     * @param where the constraints on the run's offsets in the range
     * @param reserve whether the run may be taken from the reserve
     * @return the offset of the first byte, or -1 if no hole fits or the run would need the reserve
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

    /**
     * Returns the number of units that contain a byte of the given run of bytes.
     *
     * @param bytes the size in bytes, at least 1
     */
    public static int unitsOf(long start, long bytes) {
        return (int) (((start + bytes - 1) >>> UNIT_SHIFT) - (start >>> UNIT_SHIFT)) + 1;
    }

    /** Releases a run of which all units are accounted. */
    public void release(int first, int units) {
        release(first, units, (long) units << UNIT_SHIFT);
    }

    /**
     * Releases a run, returns its memory to the OS, and makes waiting requests try again. After {@link #close()} this method has no effect.
     *
     * <p>If the page source throws, the run stays allocated and accounted.
     *
     * @param bytes the number of bytes that the run was accounted with
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

    /**
     * Returns the memory of allocated OS pages to the OS. The pages stay allocated and read as zero afterwards. After {@link #close()} this
     * method has no effect.
     *
     * @param offset the offset in bytes from the start of the range, behind which the shadow follows
     */
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
     * Makes OS pages of a newly allocated run read as zero.
     *
     * <p>An OS call is made only if one of the units was released before: a stale address may have written to it since. A purge is always
     * correct here, and is cheaper than writing zeros, because the pages usually have no memory.
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

    /**
     * Returns the memory of OS pages of the shadow to the OS. The pages read as zero afterwards.
     *
     * @param offset the offset in the shadow, in bytes
     */
    public void discardShadow(long offset, long bytes) {
        discard(size() + offset, bytes);
    }

    /** Makes every waiting request try again. A request whose attempt then succeeds or throws does not wait any more. */
    public void wakeUp() {
        lock.lock();
        try {
            wakeUpLocked();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Wakes waiting requests, at no cost if there are none.
     *
     * <p>No wake-up is lost: a request that starts to wait after this check tries once more first, and finds the memory that was freed
     * before the check.
     */
    public void wakeUpIfAwaited() {
        if (requests.get() != 0) {
            wakeUp();
        }
    }

    /**
     * Counts a request that begins or ends its retry loop.
     *
     * @param begins true if the loop begins, false if it ends
     */
    void awaited(boolean begins) {
        requests.addAndGet(begins ? 1 : -1);
    }

    /** Returns the number of wake-ups so far, for {@link #await}. */
    long wakeUps() {
        return wakeUps;
    }

    /**
     * Waits until the next wake-up or until the time has elapsed. Returns at once if a wake-up has happened since {@code seen} was read;
     * may return early.
     *
     * @param seen the value of {@link #wakeUps()} before the caller's last attempt
     * @param nanos the longest time to wait, in nanoseconds
     * @throws InterruptedException if the thread is interrupted, or was already
     */
    @SuppressWarnings("WaitNotInLoop") // the caller retries and calls again with the remaining time
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

    /** Begins a purge, and returns whether it may be made: false if the map is closed. */
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

    /**
     * Ends a purge. If the purge failed, the run may hold old data and does not become a hole.
     *
     * @param done whether the purge succeeded
     */
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

    /**
     * Excludes a run from core dumps, or includes it again. If the page source cannot do that, this method has no effect. It must not be
     * called after {@link #close()}.
     */
    public void dump(int first, int units, boolean dumped) {
        pages.dump((long) first << UNIT_SHIFT, (long) units << UNIT_SHIFT, dumped);
    }

    /**
     * Closes the map and its range, after the purges that are running. A later release of a run has no effect, so it cannot reach memory
     * that others have mapped since. A second call has no effect.
     */
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

    /**
     * Returns the number of units that a request may allocate. They need not be contiguous. The number is negative if less than the reserve
     * is free.
     */
    private int available(boolean reserve) {
        return reserve ? freeUnits : freeUnits - reserveUnits;
    }

    /** Takes units out of a hole. Objects are created before the first change, so that an OutOfMemoryError leaves the tree as it was. */
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

    @SuppressWarnings("NonAtomicVolatileUpdate") // written under the lock
    private void wakeUpLocked() {
        wakeUps++;
        nokva.signalAll();
    }
}
