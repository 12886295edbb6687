package dev.malloc9.uma;

import java.util.List;

/**
 * A source of a zone's items, to which they also return. Its methods are called outside all critical sections and without the lock of the
 * zone.
 */
interface ItemImport {

    /**
     * Takes items out of the source.
     *
     * @param into receives the first granules of the items
     * @param room the maximum number of items
     * @param flags the malloc flags of the request, for the init functions
     * @return the number of items, from 0 to {@code room}; 0 if there is no memory
     * @throws dev.malloc9.api.zone.ItemFailed if an init function refuses an item before any item was fetched; any other exception of an
     *     init function is rethrown, and no item is fetched then
     */
    int fetch(int[] into, int room, long flags);

    /**
     * Returns items that no thread holds any more. Ignores items of another source.
     *
     * @param items the first granules of the items
     * @param count the number of items in {@code items}
     */
    void release(int[] items, int count);

    /** Returns the kegs of this source, in the order in which they were added. */
    List<Keg> kegs();

    /** Returns whether a keg belongs to this source. */
    boolean has(Keg keg);
}
