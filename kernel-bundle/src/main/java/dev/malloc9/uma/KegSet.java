package dev.malloc9.uma;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A set of kegs from which a secondary zone takes its items (uma_zsecond_add). It asks the keg that supplied the last items first, then the
 * other kegs.
 *
 * <p>A keg is never removed from the set. The list is replaced as a whole, and never changed.
 */
final class KegSet implements ItemImport {

    /** The kegs, in the order in which they were added. Replaced under the monitor of this object. */
    private volatile List<Keg> kegs;

    /** The index of the keg that supplied the last items; a hint without a lock. */
    private volatile int last;

    KegSet(Keg first) {
        kegs = List.of(first);
    }

    /** Adds a keg behind the others. If the set has the keg already, it does not change: an item must not be released twice. */
    synchronized void add(Keg keg) {
        if (kegs.contains(keg)) {
            return;
        }
        List<Keg> grown = new ArrayList<>(kegs);
        grown.add(keg);
        kegs = List.copyOf(grown);
    }

    @Override
    public List<Keg> kegs() {
        return kegs;
    }

    @Override
    public boolean has(Keg keg) {
        return kegs.contains(keg);
    }

    @Override
    public int fetch(int[] into, int room, long flags) {
        List<Keg> now = kegs;
        int first = last;
        for (int i = 0; i < now.size(); i++) {
            int index = (first + i) % now.size();
            int fetched = now.get(index).fetch(into, room, flags);
            if (fetched > 0) {
                last = index;
                return fetched;
            }
        }
        return 0;
    }

    @Override
    public void release(int[] items, int count) {
        List<Keg> now = kegs;
        if (now.size() == 1) {
            now.getFirst().release(items, count);
            return;
        }
        // The keg of each item is found before any item is returned: afterwards, its memory may be a slab of another
        // keg.
        int[][] parts = now.stream()
                .map(keg -> Arrays.stream(items, 0, count).filter(keg::owns).toArray())
                .toArray(int[][]::new);
        for (int i = 0; i < parts.length; i++) {
            now.get(i).release(parts[i], parts[i].length);
        }
    }
}
