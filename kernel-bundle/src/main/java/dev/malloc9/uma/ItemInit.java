package dev.malloc9.uma;

/**
 * The init and fini of an item: two functions that are called when the item enters and leaves a keg or a zone (uma_init, uma_fini). The
 * layer above implements them.
 */
public interface ItemInit {

    /**
     * Prepares an item.
     *
     * @param item the first granule of the item, as an unsigned number
     * @param flags the malloc flags of the request; an item that is only stock may get M_NOWAIT instead of M_WAITOK
     * @throws dev.malloc9.api.zone.ItemFailed if the item must not be handed out
     */
    void init(int item, long flags);

    /**
     * Undoes {@link #init} for an item. Must not throw.
     *
     * @param item the first granule of the item, as an unsigned number
     */
    void fini(int item);

    /** Returns whether {@link #fini} may call a driver, which may never return. False by default. */
    default boolean callsDriver() {
        return false;
    }

    /** Reports that a running call of {@link #fini} has not returned for a second. Does nothing if no call is running, or by default. */
    default void tellLate() {}
}
