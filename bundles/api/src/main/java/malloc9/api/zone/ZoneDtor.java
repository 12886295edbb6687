package malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** Takes an object down: runs at every {@code zfree} (uma_dtor). What it throws, the caller gets, and keeps the item. */
@ConsumerType
@FunctionalInterface
public interface ZoneDtor {

    /**
     * Destroys; the item stays the zone's.
     *
     * @param item of the zone's size
     * @param arg what the caller gave to zfree
     */
    void destroy(MemorySegment item, @Nullable Object arg);
}
