package dev.malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A callback that prepares an item once (uma_init): when its slab is created, or, as a zone's own init, when the item comes from the
 * slabs into the zone. The prepared state must survive zalloc and zfree.
 */
@ConsumerType
@FunctionalInterface
public interface ZoneInit {

    /**
     * Prepares an item. With {@code M_NOWAIT} it must not wait. If it throws, the exception goes to the caller of the request.
     *
     * @param item the item, of the zone's size; zero if its slab is new and has {@link ZoneFlags#UMA_ZONE_ZINIT}, otherwise undefined
     * @param flags the flags of the request, or {@code M_NOWAIT} for items that the request prepares in advance
     * @return 0, or an errno that refuses the item; the request then uses items that are ready, or fails if there are none
     */
    int init(MemorySegment item, long flags);
}
