package malloc9.uma;

import java.util.ArrayList;
import java.util.List;

/**
 * A keg set gives a secondary zone the items of several kegs (uma_zsecond_add): the keg that gave last first, then the
 * others.
 *
 * <p>Kegs are added, never taken away; the list is replaced, never changed.
 */
final class KegSet implements ItemImport {

    /** Replaced under its own monitor. */
    private volatile List<Keg> kegs;

    /** Which gave last; a hint. */
    private volatile int last;

    KegSet(Keg first) {
        kegs = List.of(first);
    }

    synchronized void add(Keg keg) {
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
        kegs.forEach(keg -> keg.release(items, count));
    }
}
