package malloc9.debug.memguard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The guarded blocks by the address of their pages: all that live, and those that were freed last.
 *
 * <p>What is known of two blocks never overlaps: who takes an address forgets what was there.
 */
final class GuardedBlockIndex {

    /** Freed blocks that are remembered. */
    static final int REMEMBERED = 4096;

    /** Of those, the ones that an unattributed fault is blamed on. */
    private static final int CANDIDATES = 4;

    private final ConcurrentNavigableMap<Long, GuardedBlock> blocks = new ConcurrentSkipListMap<>();

    /** Oldest first. Guarded by itself. */
    private final ArrayDeque<GuardedBlock> freed = new ArrayDeque<>();

    void add(GuardedBlock block) {
        Map.Entry<Long, GuardedBlock> below = blocks.lowerEntry(block.pages);
        if (below != null && below.getValue().pagesEnd() > block.pages) {
            blocks.remove(below.getKey(), below.getValue());
        }
        blocks.subMap(block.pages, block.pagesEnd()).clear();
        blocks.put(block.pages, block);
    }

    /** It never was anybody's. */
    void forget(GuardedBlock block) {
        blocks.remove(block.pages, block);
    }

    /** It is a hole now. */
    void freed(GuardedBlock block) {
        GuardedBlock oldest;
        synchronized (freed) {
            freed.addLast(block);
            oldest = freed.size() > REMEMBERED ? freed.removeFirst() : null;
        }
        if (oldest != null) {
            forget(oldest);
        }
    }

    Collection<GuardedBlock> all() {
        return blocks.values();
    }

    /** The one in whose pages the address lies, or null. */
    @Nullable
    GuardedBlock at(long address) {
        GuardedBlock below = below(address);
        return below != null && address < below.pagesEnd() ? below : null;
    }

    /** The last that begins at or before the address. */
    @Nullable
    GuardedBlock below(long address) {
        Map.Entry<Long, GuardedBlock> entry = blocks.floorEntry(address);
        return entry == null ? null : entry.getValue();
    }

    /** The first that begins after it. */
    @Nullable
    GuardedBlock above(long address) {
        Map.Entry<Long, GuardedBlock> entry = blocks.higherEntry(address);
        return entry == null ? null : entry.getValue();
    }

    /** The blocks that were freed last, the last one first. */
    List<GuardedBlock> suspects() {
        List<GuardedBlock> last = new ArrayList<>();
        synchronized (freed) {
            freed.descendingIterator().forEachRemaining(block -> {
                if (last.size() < CANDIDATES) {
                    last.add(block);
                }
            });
        }
        return last;
    }
}
