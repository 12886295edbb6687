package dev.malloc9.malloc.block;

import dev.malloc9.uma.Slab;

/** A step of a request for an armoured block that prepares the chosen item before the item is tagged and handed out. */
public interface ItemHook {

    /**
     * Prepares an item or a page run inside the critical section that hands it out. If the hook throws, an item stays free and a page run
     * is released.
     *
     * @param slab the slab that contains the item
     * @param item the item's first granule
     */
    void put(Slab slab, int item);

    /** Returns the requested size of the block in bytes, without red zones. */
    long bytes();

    /** Returns whether the block must read as zero (M_ZERO). */
    boolean zeroed();
}
