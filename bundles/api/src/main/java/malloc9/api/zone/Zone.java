package malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import malloc9.api.runtime.ZoneStats;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A zone hands out items of one size, and knows whose they are.
 *
 * <p>An item is a {@link MemorySegment} of exactly the zone's size, whose scope belongs to the zone's bundle. Flags are
 * those of {@link malloc9.api.MallocFlags}: an {@code int} request ({@code M_WAITOK}) never returns null, a
 * {@code long} one ({@code M_NOWAIT}) never waits. All methods may be called by any number of threads, platform or
 * virtual, at once. An error changes nothing.
 *
 * <p>After {@link #zdestroy()} or the stop of the bundle every method but {@link #name()} and {@link #size()} throws
 * {@link ZoneDestroyed}.
 */
@ProviderType
public interface Zone {

    /** The name that {@code vmstat -z} shows. */
    String name();

    /** Bytes of an item. */
    long size();

    /** Returns the statistics of this zone, as {@code MallocRuntime.zones()} has them; its name need not be unique there. */
    ZoneStats stats();

    /**
     * Allocates an item; at the zone's limit it waits, first come, first served.
     *
     * @param flags {@code M_WAITOK}, perhaps with {@code M_ZERO}, which clears after the constructor has run
     * @throws ItemFailed if a constructor or init refused
     * @throws ZoneWaitInterrupted if the caller was interrupted while it waited; it still is
     * @throws ZoneDestroyed also if the zone goes while the caller waits
     * @throws malloc9.api.KernelMapExhausted if no memory could be found even after reclaiming
     * @throws malloc9.api.InvalidRequest if the flags are not as above
     */
    default MemorySegment zalloc(int flags) {
        return zalloc(null, flags);
    }

    /**
     * Allocates an item if that is possible at once.
     *
     * @param flags {@code M_NOWAIT}, perhaps with {@code M_ZERO}; {@code M_WAITOK} in a {@code long} is as good
     * @return the item, or null if the limit is reached, there is no memory, or a constructor or init refused
     */
    default @Nullable MemorySegment zalloc(long flags) {
        return zalloc(null, flags);
    }

    /** As {@link #zalloc(int)}, with an argument for the constructor. */
    MemorySegment zalloc(@Nullable Object arg, int flags);

    /** As {@link #zalloc(long)}, with an argument for the constructor. */
    @Nullable
    MemorySegment zalloc(@Nullable Object arg, long flags);

    /**
     * Gives an item back.
     *
     * @param item what zalloc returned; null is a no-op
     * @throws malloc9.api.InvalidFree if this is no start of a live item of this zone: freed before, interior, foreign,
     *     another zone's or a memory type's, revoked, on the Java heap, read-only, or longer than the item
     */
    default void zfree(@Nullable MemorySegment item) {
        zfree(item, null);
    }

    /** As {@link #zfree(MemorySegment)}, with an argument for the destructor. */
    void zfree(@Nullable MemorySegment item, @Nullable Object arg);

    /** The same zone by address: unsafe, see {@link RawZone}. */
    RawZone raw();

    /**
     * Limits the items in use; those in caches do not count.
     *
     * @param items rounded up to whole slabs as FreeBSD would have them; 0 for no limit
     * @return the limit that holds
     */
    long setMax(long items);

    /** The limit; 0 for none. */
    long getMax();

    /** Items in use, near the truth. */
    long getCur();

    /** Whether the limit is reached. */
    boolean exhausted();

    /**
     * Makes slabs for that many items before they are needed.
     *
     * @throws malloc9.api.KernelMapExhausted if there is not so much memory; what was made stays
     */
    void prealloc(long items);

    /**
     * Replaces what runs at every item of a new slab.
     *
     * @throws malloc9.api.KernelPanic if there are slabs
     */
    void setInit(@Nullable ZoneInit init);

    /** Replaces what runs at every item of a slab that is given back; errors as {@link #setInit}. */
    void setFini(@Nullable ZoneFini fini);

    /** Replaces what runs at items that come from the slabs into the zone; errors as {@link #setInit}. */
    void setZinit(@Nullable ZoneInit zinit);

    /** Replaces what runs at items that go from the zone to the slabs; errors as {@link #setInit}. */
    void setZfini(@Nullable ZoneFini zfini);

    /**
     * The reference count of an item: 0 when its slab was made, and nobody's business in between.
     *
     * @throws malloc9.api.InvalidRequest if the zone has none ({@link ZoneFlags#UMA_ZONE_REFCNT})
     * @throws malloc9.api.InvalidFree if this is no start of a live item of this zone
     */
    RefCount findRefcnt(MemorySegment item);

    /** Empties caches of all CPUs and the depot, and gives empty slabs back. */
    void drain();

    /**
     * Ends the zone. Items that are still out are told to the journal; their segments live, and their slabs are lost,
     * until the bundle stops. Waiters are released with {@link ZoneDestroyed}.
     *
     * @throws malloc9.api.InvalidRequest if secondary zones take their items from it
     */
    void zdestroy();
}
