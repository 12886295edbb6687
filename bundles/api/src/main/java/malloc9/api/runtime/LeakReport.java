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
 * @param groups the blocks by site, the most bytes first: all of them; empty if no site is known
 */
public record LeakReport(
        ModuleId owner,
        String type,
        Instant when,
        long allocations,
        long bytes,
        List<Blocks> blocks,
        List<BlockGroup> groups) {

    /** A report without sites. */
    public LeakReport(ModuleId owner, String type, Instant when, long allocations, long bytes, List<Blocks> blocks) {
        this(owner, type, when, allocations, bytes, blocks, List.of());
    }

    /**
     * Leaked blocks of one size.
     *
     * @param size of each, in bytes
     * @param count how many
     */
    public record Blocks(long size, long count) {}
}
