package malloc9.api.zone;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes an object of an item: runs at every {@code zalloc} (uma_ctor). */
@ConsumerType
@FunctionalInterface
public interface ZoneCtor {

    /**
     * Constructs; with {@code M_NOWAIT} it must not wait.
     *
     * @param item of the zone's size
     * @param arg what the caller gave to zalloc
     * @param flags as the caller gave them
     * @return 0, or the errno why the item is not to be handed out; it then goes back without a destructor
     */
    int construct(MemorySegment item, @Nullable Object arg, long flags);
}
