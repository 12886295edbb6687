package malloc9.api.zone;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The service that makes zones: the universal memory allocator (UMA), open to drivers.
 *
 * <p>All methods may be called by any number of threads. Bad input is refused with
 * {@link malloc9.api.InvalidRequest}, and nothing was changed.
 */
@ProviderType
public interface Zones {

    /**
     * Creates a zone; its first slab comes with its first item.
     *
     * @throws malloc9.api.InvalidRequest if the name is blank or has control characters, the size is below 1 or above
     *     the kernel map, the alignment is none, or a flag is unknown
     * @throws malloc9.api.UnregisteredType if the owner's bundle is not loaded (any more)
     */
    Zone zcreate(ZoneRequest request);

    /**
     * Creates a secondary zone: objects of its own over the slabs of another zone, which cannot be destroyed before.
     * It belongs to the bundle of its master.
     *
     * @throws malloc9.api.InvalidRequest if the name is none, or the master another kernel's or itself secondary
     * @throws ZoneDestroyed if the master is gone
     */
    Zone zsecondCreate(SecondaryRequest request, Zone master);

    /**
     * Lets a secondary zone take items from another zone's slabs too.
     *
     * @throws malloc9.api.InvalidRequest EINVAL if the first is no secondary zone, the second is one, they belong to
     *     different bundles, or only one has reference counts; E2BIG if their sizes differ
     */
    void zsecondAdd(Zone secondary, Zone master);

    /** Gives back to the OS what no item needs: caches of all CPUs, depots, empty slabs (uma_reclaim). */
    void reclaim();
}
