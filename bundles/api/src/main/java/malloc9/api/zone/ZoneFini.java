package malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Undoes {@link ZoneInit}, when the item leaves (uma_fini). It runs on whatever thread gives memory back, so what it
 * throws goes to nobody: it is recorded as a panic of the zone's bundle. It does not run any more once the bundle has
 * stopped.
 */
@ConsumerType
@FunctionalInterface
public interface ZoneFini {

    /** Undoes. */
    void fini(MemorySegment item);
}
