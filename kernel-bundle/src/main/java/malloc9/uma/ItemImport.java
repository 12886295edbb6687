package malloc9.uma;

import java.util.List;

/** Where a zone's items come from, and go back to. Called outside all critical sections and the zone's lock. */
interface ItemImport {

    /**
     * Takes items.
     *
     * @param flags the caller's, for those who prepare items
     * @return how many there were, up to {@code room}
     */
    int fetch(int[] into, int room, long flags);

    /** Takes items back that nobody holds any more; those of another source are left alone. */
    void release(int[] items, int count);

    /** The kegs, the first one first. */
    List<Keg> kegs();

    /** Whether items of that keg are among its. */
    boolean has(Keg keg);
}
