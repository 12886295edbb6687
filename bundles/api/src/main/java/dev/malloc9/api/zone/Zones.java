package dev.malloc9.api.zone;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The service that creates zones: the universal memory allocator (UMA) for drivers.
 *
 * <p>Any number of threads may call all methods. Invalid input is refused with {@link dev.malloc9.api.InvalidRequest}, and nothing has
 * changed.
 */
@ProviderType
public interface Zones {

    /**
     * Creates a zone (uma_zcreate). Its first slab is created with its first item, or by {@link Zone#prealloc}.
     *
     * @param request the description of the zone
     * @return the zone, which belongs to the bundle of the request's memory type
     * @throws dev.malloc9.api.InvalidRequest if the request is null, or if its name, size, alignment or a flag is not as
     *     {@link ZoneRequest} describes. Also if the size exceeds the kernel map or an init is given with UMA_ZONE_ZINIT. Also if the type
     *     is null or another kernel's, or if there are too many zones.
     * @throws dev.malloc9.api.UnregisteredType if the owner's bundle is not loaded or has stopped, or if the kernel has stopped
     */
    Zone zcreate(ZoneRequest request);

    /**
     * Creates a secondary zone: a zone of its own objects over the slabs of another zone (uma_zsecond_create). The master cannot be
     * destroyed before it.
     *
     * @param request the description of the secondary zone
     * @param master the zone from whose slabs the items come
     * @return the secondary zone, which belongs to the bundle of its master
     * @throws dev.malloc9.api.InvalidRequest if the request is null, or its name is not as {@link SecondaryRequest} describes. Also if the
     *     master is null, another kernel's or itself secondary, or if there are too many zones.
     * @throws ZoneDestroyed if the master has ended
     * @throws dev.malloc9.api.UnregisteredType if the master's bundle stops meanwhile
     */
    Zone zsecondCreate(SecondaryRequest request, Zone master);

    /**
     * Lets a secondary zone take items also from another zone's slabs (uma_zsecond_add).
     *
     * @param secondary the secondary zone
     * @param master the other zone
     * @throws dev.malloc9.api.InvalidRequest EINVAL: the first zone is not secondary, the second is secondary, their bundles differ, or
     *     only one has reference counts. E2BIG: their sizes differ. Also if a zone is null or another kernel's.
     * @throws ZoneDestroyed if one of the zones has ended
     */
    void zsecondAdd(Zone secondary, Zone master);

    /**
     * Releases all unused memory of all zones: the caches of all CPUs, full buckets, empty slabs (uma_reclaim). Slabs of zones with
     * {@code UMA_ZONE_NOFREE} stay. Finis of drivers run in a thread of the kernel. If a fini takes more than one second, the call
     * continues without its zone.
     */
    void reclaim();
}
