package dev.malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A callback that prepares an item (uma_init). The init of a zone's slabs runs once, when the slab is created. A zone's own init (zinit)
 * runs each time an item comes from the slabs into the zone. The prepared state must survive zalloc and zfree. The callback runs in the
 * thread of the request, outside all locks of the kernel.
 */
@ConsumerType
@FunctionalInterface
public interface ZoneInit {

    /**
     * Prepares an item. With {@code M_NOWAIT} it must not wait. If it throws, the exception goes to the caller of the request.
     *
     * @param item the item, of the zone's size. An item of a new slab is zero if the zone has {@link ZoneFlags#UMA_ZONE_ZINIT}; a zone's
     *     own init finds the content that the init of the slab prepared. Any other content is undefined.
     * @param flags the flags of the request, or {@code M_NOWAIT} if the request has an item already; {@code M_WAITOK} for all items of a
     *     prealloc
     * @return 0, or an errno that refuses the item. The request then uses the items that it fetched before the refusal, and fails if
     *     there are none. A prealloc always fails.
     */
    int init(MemorySegment item, long flags);
}
