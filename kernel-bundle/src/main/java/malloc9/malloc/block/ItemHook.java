package malloc9.malloc.block;

import malloc9.uma.Slab;

/** A step of the request that allocates an armoured block, taken between the item's removal from its cache and its tag. */
public interface ItemHook {

    /**
     * Prepares an item inside the critical section that hands it out. If it throws, the item stays where it was.
     *
     * @param item the item's first granule
     */
    void put(Slab slab, int item);

    /** The size in bytes that the caller asked for. */
    long bytes();

    /** Whether the block must read as zero (M_ZERO). */
    boolean zeroed();
}
