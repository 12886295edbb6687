package dev.malloc9.api.runtime;

import java.time.Instant;
import java.util.List;

/**
 * A report of the blocks of one type, or the items of one zone, that were not freed when the bundle stopped.
 *
 * @param owner the bundle
 * @param type the short description of the type, or the name of the zone
 * @param when the time at which the type or zone was unregistered
 * @param allocations the number of blocks or items
 * @param bytes the number of bytes, as size classes and pages
 * @param blocks the number of blocks by size, smallest size first; without the memory of other allocators, which {@code allocations} and
 *     {@code bytes} include
 * @param groups all blocks by site, the most bytes first; empty if no site is known
 */
public record LeakReport(
        ModuleId owner,
        String type,
        Instant when,
        long allocations,
        long bytes,
        List<Blocks> blocks,
        List<BlockGroup> groups) {

    /**
     * Creates a report without sites.
     *
     * @param owner the bundle
     * @param type the short description of the type, or the name of the zone
     * @param when the time at which the type or zone was unregistered
     * @param allocations the number of blocks or items
     * @param bytes the number of bytes, as size classes and pages
     * @param blocks the number of blocks by size, smallest size first; without the memory of other allocators
     */
    public LeakReport(ModuleId owner, String type, Instant when, long allocations, long bytes, List<Blocks> blocks) {
        this(owner, type, when, allocations, bytes, blocks, List.of());
    }

    /**
     * The leaked blocks of one size.
     *
     * @param size the size of each block in bytes
     * @param count the number of blocks
     */
    public record Blocks(long size, long count) {}
}
