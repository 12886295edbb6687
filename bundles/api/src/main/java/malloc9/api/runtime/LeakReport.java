package malloc9.api.runtime;

import java.time.Instant;
import java.util.List;

/**
 * What one type or zone still had when its bundle had stopped.
 *
 * @param owner the bundle
 * @param type short description of the type, or the name of the zone
 * @param when when it was unregistered
 * @param allocations blocks
 * @param bytes bytes, as size classes and pages
 * @param blocks the blocks by size, smallest first
 */
public record LeakReport(ModuleId owner, String type, Instant when, long allocations, long bytes, List<Blocks> blocks) {

    /**
     * Leaked blocks of one size.
     *
     * @param size of each, in bytes
     * @param count how many
     */
    public record Blocks(long size, long count) {}
}
