package dev.malloc9.debug.memguard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The index of the guarded blocks by the address of their pages. It contains all live blocks, blocks that are not handed out yet, and the
 * blocks that were freed last.
 *
 * <p>The address ranges of two entries never overlap: {@link #add} removes older entries at its addresses.
 */
final class GuardedBlockIndex {

    /** The largest number of freed blocks that are remembered. */
    static final int REMEMBERED = 4096;

    /** The number of last freed blocks that an unattributed fault names as candidates. */
    private static final int CANDIDATES = 4;

    private final ConcurrentNavigableMap<Long, GuardedBlock> blocks = new ConcurrentSkipListMap<>();

    /** The freed blocks, oldest first. Guarded by itself. */
    private final ArrayDeque<GuardedBlock> freed = new ArrayDeque<>();

    /** Adds a block, and removes the entries of older blocks that overlap its pages. */
    void add(GuardedBlock block) {
        Map.Entry<Long, GuardedBlock> below = blocks.lowerEntry(block.pages);
        if (below != null && below.getValue().pagesEnd() > block.pages) {
            blocks.remove(below.getKey(), below.getValue());
        }
        blocks.subMap(block.pages, block.pagesEnd()).clear();
        blocks.put(block.pages, block);
    }

    /** Removes a block that was never handed out, or the oldest freed one. Has no effect if another block has replaced it. */
    void forget(GuardedBlock block) {
        blocks.remove(block.pages, block);
    }

    /** Remembers the block as freed, and drops the oldest freed block beyond {@link #REMEMBERED}. */
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

    /** Returns a live view of all entries, in the order of their addresses. */
    Collection<GuardedBlock> all() {
        return blocks.values();
    }

    /** Returns the block in whose pages the address lies, or null if there is none. */
    @Nullable
    GuardedBlock at(long address) {
        GuardedBlock below = below(address);
        return below != null && address < below.pagesEnd() ? below : null;
    }

    /** Returns the last block whose pages begin at or before the address, or null if there is none. */
    @Nullable
    GuardedBlock below(long address) {
        Map.Entry<Long, GuardedBlock> entry = blocks.floorEntry(address);
        return entry == null ? null : entry.getValue();
    }

    /** Returns the first block whose pages begin after the address, or null if there is none. */
    @Nullable
    GuardedBlock above(long address) {
        Map.Entry<Long, GuardedBlock> entry = blocks.higherEntry(address);
        return entry == null ? null : entry.getValue();
    }

    /** Returns the blocks that were freed last, at most {@link #CANDIDATES}, the newest first. */
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
