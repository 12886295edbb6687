package dev.malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A destructor of a zone, called at every {@code zfree} (uma_dtor). It runs in the thread of the zfree, outside all locks of the kernel.
 */
@ConsumerType
@FunctionalInterface
public interface ZoneDtor {

    /**
     * Destroys an object. If it throws, the exception goes to the caller of zfree, and the item stays allocated. If two threads free one
     * item at the same time, both may run the destructor. The later free is refused, unless both free at the same instant.
     *
     * @param item the item, of the zone's size; must not be used after the return
     * @param arg the argument of zfree; null if none was given
     */
    void destroy(MemorySegment item, @Nullable Object arg);
}
