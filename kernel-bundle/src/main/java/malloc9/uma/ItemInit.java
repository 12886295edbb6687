package malloc9.uma;

/** What is done to an item when it enters and when it leaves (uma_init, uma_fini); the layer above knows how. */
public interface ItemInit {

    /**
     * Prepares an item.
     *
     * @param flags of the request that it is prepared for
     * @throws malloc9.api.zone.ItemFailed if it is not to be handed out
     */
    void init(int item, long flags);

    /** Undoes that; throws nothing. */
    void fini(int item);

    /** Whether a fini may call a driver, which may not return. */
    default boolean callsDriver() {
        return false;
    }

    /** Tells that a fini of this zone that is going on has not returned for a second. */
    default void tellLate() {}
}
