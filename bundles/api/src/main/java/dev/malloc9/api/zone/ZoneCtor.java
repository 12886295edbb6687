package dev.malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A constructor of a zone, which turns an item into an object at every {@code zalloc} (uma_ctor). It runs in the thread of the request,
 * outside all locks of the kernel.
 */
@ConsumerType
@FunctionalInterface
public interface ZoneCtor {

    /**
     * Constructs an object. With {@code M_NOWAIT} it must not wait. If it throws, the item is returned to the zone, and the exception
     * goes to the caller of zalloc.
     *
     * @param item the item, of the zone's size; its content is undefined unless an init or UMA_ZONE_ZINIT prepared it
     * @param arg the argument of zalloc; null if none was given
     * @param flags the flags of zalloc
     * @return 0, or an errno that refuses the item. The item is then returned to the zone without a call of the destructor, and the caller
     *     gets {@link ItemFailed}, or with {@code M_NOWAIT} null
     */
    int construct(MemorySegment item, @Nullable Object arg, long flags);
}
