package dev.malloc9.uma;

import dev.malloc9.vm.KernelMap;
import dev.malloc9.vm.PageSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * An import of a limited number of items, 0, 1, 2 and so on, which counts how often each item was released. An item that was released is
 * not handed out again.
 */
final class CountedItems implements ItemImport {

    /** The slab map of the keg that a zone must have. Nothing is allocated from it. */
    private static final SlabMap SLABS = new SlabMap(new KernelMap(PageSource.reserve(1 << 20)));

    private final AtomicIntegerArray released;

    /** The next item to hand out. Guarded by this object's monitor. */
    private int next;

    CountedItems(int items) {
        released = new AtomicIntegerArray(items);
    }

    /**
     * Creates a zone of these items.
     *
     * @param itemBytes the pretended size of an item in bytes, which determines the number of items in a bucket
     */
    UmaZone zone(long itemBytes) {
        Keg unused = new Keg(SLABS, 0, ZoneDesign.NO_CLASS, itemBytes, 1);
        return new UmaZone("counted", 0, unused, this, false, false);
    }

    @Override
    public synchronized int fetch(int[] into, int room, long flags) {
        int count = Math.min(room, released.length() - next);
        for (int i = 0; i < count; i++) {
            into[i] = next++;
        }
        return count;
    }

    @Override
    public void release(int[] items, int count) {
        for (int i = 0; i < count; i++) {
            released.incrementAndGet(items[i]);
        }
    }

    @Override
    public List<Keg> kegs() {
        return List.of();
    }

    @Override
    public boolean has(Keg keg) {
        return true;
    }

    /** Returns the number of items that were handed out and not released exactly once. */
    synchronized int wrong() {
        int wrong = 0;
        for (int item = 0; item < next; item++) {
            wrong += released.get(item) == 1 ? 0 : 1;
        }
        return wrong;
    }
}
