package dev.malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A callback that prepares an item once (uma_init): when its slab is created, or, as a zone's own init, when the item comes from the slabs
 * into the zone. The prepared state must survive zalloc and zfree. The callback runs in the thread of the request, outside all locks of the
 * kernel.
 */
@ConsumerType
@FunctionalInterface
public interface ZoneInit {

    /**
     * Prepares an item. With {@code M_NOWAIT} it must not wait. If it throws, the exception goes to the caller of the request.
     *
     * @param item the item, of the zone's size; zero if its slab is new and has {@link ZoneFlags#UMA_ZONE_ZINIT}, otherwise undefined
     * @param flags the flags of the request; {@code M_NOWAIT} for the items of a further slab, and in a zone's own init for all items but
     *     the first
     * @return 0, or an errno that refuses the item; the request then uses items that are ready, or fails if there are none
     */
    int init(MemorySegment item, long flags);
}
