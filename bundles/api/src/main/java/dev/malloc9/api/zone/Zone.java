package dev.malloc9.api.zone;

import dev.malloc9.api.runtime.ZoneStats;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A zone of items of one size that belongs to a bundle (uma(9)).
 *
 * <p>An item is a {@link MemorySegment} of exactly the zone's size, whose scope belongs to the zone's bundle. The wait flags and
 * {@code M_ZERO} of {@link dev.malloc9.api.MallocFlags} are accepted. A request with {@code int} flags ({@code M_WAITOK}) never returns
 * null. A request with {@code M_NOWAIT}, a {@code long}, never waits. As in {@link dev.malloc9.api.Malloc}, a free does not end the scope
 * of a segment.
 *
 * <p>Any number of platform and virtual threads may call all methods at the same time. A method that throws has changed nothing but
 * statistics, except where noted.
 *
 * <p>After {@link #zdestroy()}, or after the bundle or the kernel has stopped, the methods throw {@link ZoneDestroyed}. The exceptions
 * are {@link #name()}, {@link #size()}, {@link #raw()}, and a zfree of null.
 */
@ProviderType
public interface Zone {

    /** {@return the name that {@code vmstat -z} shows} */
    String name();

    /** {@return the size of an item in bytes} */
    long size();

    /**
     * {@return the statistics of this zone, as in {@code MallocRuntime.zones()}} Names need not be unique there.
     *
     * @throws ZoneDestroyed as described for this interface
     */
    ZoneStats stats();

    /**
     * Allocates an item, and waits if the zone's limit is reached (uma_zalloc). Waiting requests are served in the order in which they
     * came. An exception of a constructor or an init is thrown, and the item is free again.
     *
     * @param flags {@code M_WAITOK}, optionally with {@code M_ZERO}, which zeroes the item after the constructor has run
     * @return the item, of {@link #size()} bytes
     * @throws ItemFailed if a constructor or init refused the item
     * @throws ZoneWaitInterrupted if the thread was interrupted while it waited at the limit; its interrupt status is set
     * @throws ZoneDestroyed also if the zone ends while the request waits
     * @throws dev.malloc9.api.KernelMapExhausted if there is no memory after reclaiming; the request does not wait for memory
     * @throws dev.malloc9.api.InvalidRequest if the flags are not as above
     */
    default MemorySegment zalloc(int flags) {
        return zalloc(null, flags);
    }

    /**
     * Allocates an item if that is possible at once (uma_zalloc with M_NOWAIT).
     *
     * @param flags {@code M_NOWAIT}, optionally with {@code M_ZERO}; {@code M_WAITOK} as a {@code long} is accepted, and then the request
     *     waits and throws as {@link #zalloc(int)} does
     * @return the item; null only with {@code M_NOWAIT}: if the limit is reached, if there is no memory, or if a constructor or init
     *     refused the item
     * @throws ZoneDestroyed as described for this interface
     * @throws dev.malloc9.api.InvalidRequest if the flags are not as above
     */
    default @Nullable MemorySegment zalloc(long flags) {
        return zalloc(null, flags);
    }

    /**
     * Allocates an item as {@link #zalloc(int)} does (uma_zalloc_arg).
     *
     * @param arg the argument for the constructor; ignored if the zone has none
     * @param flags as {@link #zalloc(int)}
     * @return the item, of {@link #size()} bytes
     */
    MemorySegment zalloc(@Nullable Object arg, int flags);

    /**
     * Allocates an item as {@link #zalloc(long)} does (uma_zalloc_arg).
     *
     * @param arg the argument for the constructor; ignored if the zone has none
     * @param flags as {@link #zalloc(long)}
     * @return the item; null only with {@code M_NOWAIT}, as {@link #zalloc(long)}
     */
    @Nullable
    MemorySegment zalloc(@Nullable Object arg, long flags);

    /**
     * Frees an item (uma_zfree). An exception of the destructor is thrown, and the item stays allocated.
     *
     * @param item an item of this zone or a view from its first byte, no longer than the item; null has no effect
     * @throws dev.malloc9.api.InvalidFree if the segment does not begin at a live item of this zone: it is free already, interior, foreign,
     *     of another zone, of a memory type or revoked. Also if the segment is on the Java heap, read-only or longer than the item.
     * @throws ZoneDestroyed as described for this interface
     */
    default void zfree(@Nullable MemorySegment item) {
        zfree(item, null);
    }

    /**
     * Frees an item as {@link #zfree(MemorySegment)} does (uma_zfree_arg).
     *
     * @param item as {@link #zfree(MemorySegment)}; null has no effect
     * @param arg the argument for the destructor; ignored if the zone has none
     */
    void zfree(@Nullable MemorySegment item, @Nullable Object arg);

    /** {@return the unsafe view of this zone by address ({@link RawZone})} */
    RawZone raw();

    /**
     * Limits the items in use (uma_zone_set_max). Free items in caches do not count. If more items are in use than the limit allows, they
     * stay, and no request is served until enough of them are freed.
     *
     * @param items the limit, rounded up to whole slabs of FreeBSD's layout; 0 for no limit
     * @return the effective limit; 0 for none
     * @throws dev.malloc9.api.InvalidRequest if the number is negative or above {@link Integer#MAX_VALUE}
     * @throws IllegalStateException if a new limit is introduced and a thread does not leave its critical section within one second; the
     *     zone then has no limit, as before
     */
    long setMax(long items);

    /** {@return the limit (uma_zone_get_max); 0 for none} */
    long getMax();

    /**
     * {@return the number of items in use (uma_zone_get_cur)} While other threads allocate and free without a limit, the number is
     * approximate.
     */
    long getCur();

    /** {@return whether the limit is reached (uma_zone_exhausted); false without a limit} */
    boolean exhausted();

    /**
     * Creates slabs for a number of items in advance (uma_prealloc). Nothing is reclaimed for them. The slabs that are still empty are
     * released by the next drain, reclaim or idle trim (every 20 seconds), unless the zone has {@link ZoneFlags#UMA_ZONE_NOFREE}.
     *
     * @param items the number of items, 0 or more
     * @throws dev.malloc9.api.KernelMapExhausted if there is not enough memory; the slabs created so far stay
     * @throws ItemFailed if an init refused an item; the slabs created so far stay
     * @throws dev.malloc9.api.InvalidRequest if the number is negative or above {@link Integer#MAX_VALUE}
     */
    void prealloc(long items);

    /**
     * Replaces the init that is called for every item of a new slab (uma_zone_set_init).
     *
     * @param init the init; null for none
     * @throws dev.malloc9.api.KernelPanic if the zone has slabs
     * @throws dev.malloc9.api.InvalidRequest if this is a secondary zone
     */
    void setInit(@Nullable ZoneInit init);

    /**
     * Replaces the fini that is called for every item of a slab that is released (uma_zone_set_fini).
     *
     * @param fini the fini; null for none
     * @throws dev.malloc9.api.KernelPanic if the zone has slabs
     * @throws dev.malloc9.api.InvalidRequest if this is a secondary zone
     */
    void setFini(@Nullable ZoneFini fini);

    /**
     * Replaces the init that is called for items that come from the slabs into the zone (uma_zone_set_zinit).
     *
     * @param zinit the init; null for none
     * @throws dev.malloc9.api.KernelPanic if the zone has slabs
     */
    void setZinit(@Nullable ZoneInit zinit);

    /**
     * Replaces the fini that is called for items that go from the zone back to the slabs (uma_zone_set_zfini).
     *
     * @param zfini the fini; null for none
     * @throws dev.malloc9.api.KernelPanic if the zone has slabs
     */
    void setZfini(@Nullable ZoneFini zfini);

    /**
     * {@return the reference count of an item (uma_find_refcnt)} The count is 0 when the slab is created. The kernel does not change it at
     * zalloc or zfree.
     *
     * @param item the item, or a view from its first byte; not null
     * @throws dev.malloc9.api.InvalidRequest if the zone has no reference counts ({@link ZoneFlags#UMA_ZONE_REFCNT})
     * @throws dev.malloc9.api.InvalidFree if the segment does not begin at a live item of this zone
     */
    RefCount findRefcnt(MemorySegment item);

    /**
     * Empties the CPUs' caches of all zones and this zone's full buckets, and releases this zone's empty slabs (zone_drain). A secondary
     * zone has no slabs to release. This zone's finis run in the caller's thread, without a time limit.
     */
    void drain();

    /**
     * Destroys the zone (uma_zdestroy). Waiting requests get {@link ZoneDestroyed}.
     *
     * <p>Items in use are reported to the journal. Their segments stay accessible, and their slabs stay allocated, until the bundle
     * stops.
     *
     * @throws dev.malloc9.api.InvalidRequest if a secondary zone takes its items from this zone
     * @throws ZoneDestroyed if the zone is destroyed already
     */
    void zdestroy();
}
