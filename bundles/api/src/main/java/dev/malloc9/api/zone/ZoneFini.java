package dev.malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A callback that undoes {@link ZoneInit} when an item leaves the zone or its slab is released (uma_fini).
 *
 * <p>It may run on any thread that releases memory. An exception is therefore recorded as a panic of the zone's bundle and not thrown.
 * After the bundle has stopped, it is not called any more.
 *
 * <p>A reclaim, a trim or a zdestroy runs the fini in a thread of its own. If the fini has not returned after one second, a warning is
 * reported, and the kernel does not reclaim from the zone until it returns.
 */
@ConsumerType
@FunctionalInterface
public interface ZoneFini {

    /**
     * Undoes the init of an item.
     *
     * @param item the item, of the zone's size; must not be used after the return
     */
    void fini(MemorySegment item);
}
