package dev.malloc9.debug.memguard;

import dev.malloc9.vm.HoleSource;
import dev.malloc9.vm.KernelLock;
import dev.malloc9.vm.PageSource;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;

/**
 * The address space of guarded blocks (memguard_map). Pages are allocated at a cursor that moves upward, so that a freed block stays a hole
 * for as long as possible.
 *
 * <pre>
 *   ...| hole |  pages  | hole |  pages  | hole | hole | hole ...      one hole between two blocks
 *                                        ^ cursor
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: a tree of the address ranges that are taken. All other addresses of the range are holes.
 *   <li>Concurrency: one lock, held for a search. OS calls are made without the lock, on pages that are taken. {@link #close} waits for
 *       running OS calls; later calls find the map closed, and so map nothing over memory that others have mapped since.
 *   <li>Invariants: an address range is taken before its pages are backed. It stays taken until its pages are a hole again and the
 *       scope of its segments has ended.
 *   <li>Cost: first fit upward from the cursor. Until the cursor has come round, the first place fits.
 *   <li>Differs from BSD: the number of backed blocks is limited ({@code vm.memguard.max_blocks}); beyond the limit, a request fails
 *       and counts in fail_kva. As in BSD, a block without holes around it may lie in the hole beside another block.
 * </ul>
 */
final class GuardMap {

    private final HoleSource range;
    private final long physLimit;
    private final int maxBlocks;
    private final KernelLock lock = new KernelLock();

    /** Signalled when an OS call has ended. */
    private final Condition idle = lock.newCondition();

    /** The number of OS calls that have not ended. Guarded by {@code lock}. */
    private int calls;

    /** True once {@link #close} has begun. Guarded by {@code lock}. */
    private boolean closed;

    /** The address ranges that are taken: the first byte mapped to the byte after the last one. Guarded by {@code lock}. */
    private final NavigableMap<Long, Long> taken = new TreeMap<>();

    /** The address from which the next search starts. This field and all fields below it are guarded by {@code lock}. */
    private long cursor;

    private long used;
    private long wasted;
    private long wraps;
    private long allocations;
    private long noAddresses;
    private long noPages;
    private int blocks;

    GuardMap(HoleSource range, long physLimit, int maxBlocks) {
        this.range = range;
        this.physLimit = physLimit;
        this.maxBlocks = maxBlocks;
        this.cursor = range.base();
    }

    /**
     * A snapshot of the figures that the knobs show.
     *
     * @param cursor the address from which the next search starts
     * @param used the size in bytes of the pages that are backed or about to be, without the holes
     * @param wasted the number of bytes that blocks below an OS page leave unused in their pages
     * @param wraps the number of times that the cursor went back to the start of the range
     * @param allocations the number of blocks that were handed out
     * @param noAddresses the number of requests that found no address space, or the limit of blocks reached
     * @param noPages the number of requests that the OS or the limit of pages refused
     * @param blocks the number of blocks that have pages or are about to get them
     */
    record Figures(
            long cursor,
            long used,
            long wasted,
            long wraps,
            long allocations,
            long noAddresses,
            long noPages,
            int blocks) {}

    Figures figures() {
        lock.lock();
        try {
            return new Figures(cursor, used, wasted, wraps, allocations, noAddresses, noPages, blocks);
        } finally {
            lock.unlock();
        }
    }

    boolean contains(long address) {
        return address >= range.base() && address - range.base() < range.size();
    }

    long base() {
        return range.base();
    }

    long limit() {
        return range.base() + range.size();
    }

    /**
     * Takes an address range and backs its pages.
     *
     * @param bytes the requested size in bytes, at least 1
     * @param around whether to leave a hole on each side
     * @return the address of the first page; 0 if the request failed, which is counted, or if the map is closed, which is not counted
     */
    long allocate(long bytes, boolean around) {
        long pages = PageSource.roundUp(bytes, PageSource.PAGE);
        long start = take(bytes, pages, around);
        if (start == 0) {
            return 0;
        }
        boolean backed = false;
        try {
            backed = range.back(start, pages);
        } finally {
            allocated(start, bytes, pages, backed);
        }
        return backed ? start : 0;
    }

    private void allocated(long start, long bytes, long pages, boolean backed) {
        lock.lock();
        try {
            endCall();
            if (backed) {
                wasted += wasteOf(bytes);
            } else {
                taken.remove(start);
                used -= pages;
                blocks--;
                noPages++;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Counts a block that was handed out. */
    void handedOut() {
        lock.lock();
        try {
            allocations++;
        } finally {
            lock.unlock();
        }
    }

    private long take(long bytes, long pages, boolean around) {
        long hole = around ? PageSource.PAGE : 0;
        lock.lock();
        try {
            if (closed) {
                return 0;
            }
            if (used >= physLimit && bytes < PageSource.PAGE) {
                noPages++;
                return 0;
            }
            if (blocks >= maxBlocks) {
                noAddresses++;
                return 0;
            }
            long found = find(cursor, pages + 2 * hole);
            if (found == 0 && cursor != range.base()) {
                wraps++;
                cursor = range.base();
                found = find(cursor, pages + 2 * hole);
            }
            if (found == 0) {
                noAddresses++;
                return 0;
            }
            long start = found + hole;
            taken.put(start, start + pages);
            cursor = start + pages;
            used += pages;
            blocks++;
            calls++;
            return start;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the start of the lowest range of at least the given length, at or above an address, that is not taken; 0 if there is none.
     */
    private long find(long from, long length) {
        long at = from;
        Map.Entry<Long, Long> below = taken.lowerEntry(from);
        if (below != null && below.getValue() > at) {
            at = below.getValue();
        }
        for (Map.Entry<Long, Long> next : taken.tailMap(at, true).entrySet()) {
            if (next.getKey() - at >= length) {
                return at;
            }
            at = next.getValue();
        }
        return limit() - at >= length ? at : 0;
    }

    /**
     * Turns the pages of a block into a hole. The address range stays taken until {@link #reuse}. If the OS refuses or the map is closed,
     * the pages stay as they are.
     *
     * @param bytes the block's size in bytes, as requested
     * @return false if the pages stay as they are
     */
    boolean free(long start, long bytes) {
        if (!beginCall()) {
            return false;
        }
        boolean freed = false;
        try {
            freed = range.hole(start, PageSource.roundUp(bytes, PageSource.PAGE));
        } finally {
            freed(bytes, freed);
        }
        return freed;
    }

    /**
     * Turns the pages of several blocks into holes, with one OS call for neighbours that have only holes between them. If the OS refuses a
     * run of several blocks, each block is tried by itself. Pages that the OS refuses, or that remain when the map is closed, stay as they
     * are. All address ranges stay taken until {@link #reuse}.
     *
     * @param sizes the sizes of the blocks in bytes by their addresses; each entry is removed when its block is tried
     * @return the addresses of the blocks that are holes now
     */
    Set<Long> free(NavigableMap<Long, Long> sizes) {
        Set<Long> holes = new HashSet<>();
        while (!sizes.isEmpty()) {
            NavigableMap<Long, Long> run = beginRun(sizes);
            if (run.isEmpty()) {
                break;
            }
            boolean freed = false;
            try {
                freed = range.hole(run.firstKey(), end(run.lastEntry()) - run.firstKey());
            } finally {
                freed(run, freed);
            }
            if (freed) {
                holes.addAll(run.keySet());
            } else if (run.size() > 1) {
                run.forEach((start, bytes) -> {
                    if (free(start, bytes)) {
                        holes.add(start);
                    }
                });
            }
        }
        return holes;
    }

    /**
     * Removes the first run of neighbours from the blocks, and takes the holes between them, so that no request gets them. Returns an empty
     * run if the map is closed; otherwise begins an OS call.
     */
    private NavigableMap<Long, Long> beginRun(NavigableMap<Long, Long> sizes) {
        NavigableMap<Long, Long> run = new TreeMap<>();
        lock.lock();
        try {
            if (closed) {
                return run;
            }
            Map.Entry<Long, Long> last = sizes.firstEntry();
            while (last != null) {
                run.put(last.getKey(), last.getValue());
                sizes.remove(last.getKey());
                Long next = taken.higherKey(last.getKey());
                Map.Entry<Long, Long> neighbour = sizes.firstEntry();
                if (neighbour == null || !neighbour.getKey().equals(next)) {
                    break;
                }
                taken.put(last.getKey(), next);
                last = neighbour;
            }
            calls++;
            return run;
        } finally {
            lock.unlock();
        }
    }

    private void freed(long bytes, boolean freed) {
        lock.lock();
        try {
            endCall();
            if (freed) {
                uncount(bytes);
            }
        } finally {
            lock.unlock();
        }
    }

    private void freed(NavigableMap<Long, Long> run, boolean freed) {
        lock.lock();
        try {
            endCall();
            for (Map.Entry<Long, Long> block : run.entrySet()) {
                taken.put(block.getKey(), end(block));
                if (freed) {
                    uncount(block.getValue());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Subtracts a block that became a hole from the figures. The caller holds {@code lock}. */
    private void uncount(long bytes) {
        used -= PageSource.roundUp(bytes, PageSource.PAGE);
        wasted -= wasteOf(bytes);
        blocks--;
    }

    /** Returns the address after the last page of a block. */
    private static long end(Map.Entry<Long, Long> block) {
        return block.getKey() + PageSource.roundUp(block.getValue(), PageSource.PAGE);
    }

    /** Begins an OS call on pages that are taken; returns false if the map is closed. */
    private boolean beginCall() {
        lock.lock();
        try {
            if (!closed) {
                calls++;
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends an OS call. The caller holds {@code lock}. */
    private void endCall() {
        calls--;
        idle.signalAll();
    }

    /** Releases the address range of a hole. It is used again when the cursor has come round. */
    void reuse(long start) {
        lock.lock();
        try {
            taken.remove(start);
        } finally {
            lock.unlock();
        }
    }

    /** Excludes pages from core dumps; does nothing if the map is closed. */
    void keepOutOfDumps(long start, long bytes) {
        if (!beginCall()) {
            return;
        }
        try {
            range.keepOutOfDumps(start, PageSource.roundUp(bytes, PageSource.PAGE));
        } finally {
            lock.lock();
            try {
                endCall();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Closes the map and unmaps its range, after running OS calls have ended. Waits for them without limit. */
    void close() {
        lock.lock();
        try {
            closed = true;
            while (calls > 0) {
                idle.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        range.close();
    }

    private static long wasteOf(long bytes) {
        return bytes < PageSource.PAGE ? PageSource.PAGE - bytes : 0;
    }
}
