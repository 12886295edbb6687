package dev.malloc9.api.runtime;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A group of blocks of one type, or of items of one zone, that were allocated at one site.
 *
 * @param owner the bundle that owns the blocks
 * @param type the short description of the type, or the name of the zone
 * @param site the call stack of the allocations; without frames for blocks without a captured stack
 * @param bytes the number of bytes, as size classes and pages
 * @param count the number of blocks
 * @param oldest the age of the oldest block of known age; null if no age is known
 */
public record BlockGroup(
        ModuleId owner,
        String type,
        CallStack site,
        long bytes,
        long count,
        @Nullable Duration oldest) {}
