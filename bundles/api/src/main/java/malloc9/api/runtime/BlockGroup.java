package malloc9.api.runtime;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of one type that were allocated at one site.
 *
 * @param owner whose they are
 * @param type short description of the type, or the name of the zone
 * @param site where they were allocated; {@link CallStack#NONE} of those at whose allocation nobody looked
 * @param bytes bytes, as size classes and pages
 * @param count how many
 * @param oldest the age of the oldest that is known; null if none is
 */
public record BlockGroup(
        ModuleId owner,
        String type,
        CallStack site,
        long bytes,
        long count,
        @Nullable Duration oldest) {}
