package dev.malloc9.api.zone;

import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The unsafe view of a zone, by {@code long} addresses (uma_zalloc(9)). An address has no bounds and is not revoked when its bundle
 * stops.
 *
 * <p>Errors, flags and thread rules are the same as in {@link Zone}. A zfree checks the address as {@link Zone}
 * does. An address has no length, scope or access mode to check. An item of one view may be freed
 * by the other.
 */
@ProviderType
public interface RawZone {

    /**
     * Allocates an item (uma_zalloc).
     *
     * @param flags as {@link Zone#zalloc(long)}
     * @return the address of the item; 0 only with {@code M_NOWAIT}
     * @throws ItemFailed with {@code M_WAITOK}, if a constructor or init refused the item
     * @throws ZoneWaitInterrupted with {@code M_WAITOK}, if the thread was interrupted while it waited at the limit
     * @throws dev.malloc9.api.KernelMapExhausted with {@code M_WAITOK}, if there is no memory after reclaiming
     * @throws ZoneDestroyed if the zone was destroyed, or its bundle or kernel has stopped
     */
    default long zalloc(long flags) {
        return zalloc(null, flags);
    }

    /**
     * Allocates an item as {@link #zalloc(long)} does (uma_zalloc_arg).
     *
     * @param arg the argument for the constructor; ignored if the zone has none
     * @param flags as {@link Zone#zalloc(long)}
     * @return the address of the item; 0 only with {@code M_NOWAIT}
     */
    long zalloc(@Nullable Object arg, long flags);

    /**
     * Frees an item (uma_zfree).
     *
     * @param address the address of the item; 0 has no effect
     * @throws dev.malloc9.api.InvalidFree if no live item of this zone begins at the address
     * @throws ZoneDestroyed if the zone was destroyed, or its bundle or kernel has stopped
     */
    default void zfree(long address) {
        zfree(address, null);
    }

    /**
     * Frees an item as {@link #zfree(long)} does (uma_zfree_arg).
     *
     * @param address the address of the item; 0 has no effect
     * @param arg the argument for the destructor; ignored if the zone has none
     */
    void zfree(long address, @Nullable Object arg);
}
