package malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Prepares an item once: when its slab is made, or, as a zone's own, when it comes from the slabs into the zone
 * (uma_init). What it prepares outlives any number of zalloc and zfree.
 */
@ConsumerType
@FunctionalInterface
public interface ZoneInit {

    /**
     * Prepares; with {@code M_NOWAIT} it must not wait.
     *
     * @param item of the zone's size, zero when its slab is new
     * @param flags as a caller gave them, or {@code M_NOWAIT}
     * @return 0, or the errno why there are no more items
     */
    int init(MemorySegment item, long flags);
}
