package malloc9.debug.memguard;

import malloc9.api.runtime.ModuleId;
import malloc9.debug.Site;
import org.jspecify.annotations.Nullable;

/**
 * A request for a guarded block.
 *
 * @param bytes as requested
 * @param accounted what it counts as in its type's statistics
 * @param dumped whether it belongs into core dumps
 * @param sampled whether it is a sample, of which only so many live at once
 * @param owner the type's number
 * @param type the type's name
 * @param module whose type it is
 * @param site who asks, if that is known
 */
public record GuardRequest(
        long bytes,
        long accounted,
        boolean dumped,
        boolean sampled,
        int owner,
        String type,
        ModuleId module,
        @Nullable Site site) {}
