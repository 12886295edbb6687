package malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Undoes {@link ZoneInit}, when the item leaves (uma_fini). It runs on any thread that gives memory back, so an error
 * that it throws is recorded as a panic of the zone's bundle. It does not run any more once the bundle has
 * stopped. A fini that has not returned after a second is warned of, and reclaims leave the zone out until it returns.
 */
@ConsumerType
@FunctionalInterface
public interface ZoneFini {

    /** Undoes. */
    void fini(MemorySegment item);
}
