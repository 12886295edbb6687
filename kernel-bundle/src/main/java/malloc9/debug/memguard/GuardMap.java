package malloc9.debug.memguard;

import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import malloc9.vm.HoleSource;
import malloc9.vm.KernelLock;
import malloc9.vm.PageSource;

/**
 * The address space of guarded blocks (memguard_map). Pages are handed out behind a cursor that moves upward, so that a freed block stays
 * a hole for as long as possible.
 *
 * <pre>
 *   ...| hole |  pages  | hole |  pages  | hole | hole | hole ...      one hole between two blocks
 *                                        ^ cursor
 * </pre>
 *
 * <p>Implementation note.
 * <ul>
 *   <li>Layout: places that are taken in a tree; whatever is not is a hole.
 *   <li>Concurrency: one lock, held for a search; OS calls are made outside, on pages that are taken, and who ends the range waits for
 *       them: what comes later finds it closed, and maps nothing over what is another's by then.
 *   <li>Invariants: a place is taken from before its pages are backed until its address space may be used again, which is after they
 *       are a hole and the scope of its segments has ended.
 *   <li>Cost: first fit upward from the cursor: the first place, as long as the cursor has not come round.
 *   <li>Differs from BSD: backed pieces are counted ({@code vm.memguard.max_blocks}); past that, fail_kva. A block that is made without
 *       holes around it may lie where its neighbour's hole was, as there.
 * </ul>
 */
final class GuardMap {

    private final HoleSource range;
    private final long physLimit;
    private final int maxBlocks;
    private final KernelLock lock = new KernelLock();

    /** Signalled when an OS call is done. */
    private final Condition idle = lock.newCondition();

    /** OS calls that are not done yet. Guarded by lock. */
    private int calls;

    /** Guarded by lock. */
    private boolean closed;

    /** Where pages begin and end that are taken. Guarded by lock. */
    private final NavigableMap<Long, Long> taken = new TreeMap<>();

    /** All below guarded by lock. */
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

    /** The figures of the knobs. */
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
     * Takes and backs pages.
     *
     * @param bytes as requested, at least one
     * @param around whether with a hole on each side
     * @return the address of the first, or 0; why is counted
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

    /** Counts pages that somebody has got. */
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

    /** The lowest hole of that length from an address on, or 0. */
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

    /** Makes a hole of a block's pages; if the OS refuses, or the range has ended, they stay as they are, and taken. */
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
     * Makes holes of blocks' pages, with one OS call for neighbours that have nothing but holes between them. What the OS refuses, or the
     * end of the range, stays as it is, and taken.
     *
     * @param sizes the sizes of the blocks by their addresses; emptied
     * @return the addresses of those that are holes now
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

    /** Takes the first run out of the blocks, and the holes between them from who allocates; empty if the range has ended. */
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

    /** Under lock. */
    private void uncount(long bytes) {
        used -= PageSource.roundUp(bytes, PageSource.PAGE);
        wasted -= wasteOf(bytes);
        blocks--;
    }

    /** Where the pages of a block end. */
    private static long end(Map.Entry<Long, Long> block) {
        return block.getKey() + PageSource.roundUp(block.getValue(), PageSource.PAGE);
    }

    /** Begins an OS call on pages that are taken; false if the range has ended. */
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

    /** Under lock. */
    private void endCall() {
        calls--;
        idle.signalAll();
    }

    /** Lets the address space of a hole be used again, when the cursor comes round. */
    void reuse(long start) {
        lock.lock();
        try {
            taken.remove(start);
        } finally {
            lock.unlock();
        }
    }

    /** Keeps pages out of core dumps. */
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

    /** Ends the range, once the OS calls on it are done. */
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
