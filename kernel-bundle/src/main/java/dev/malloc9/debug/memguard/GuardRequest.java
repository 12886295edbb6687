package dev.malloc9.debug.memguard;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.debug.Site;
import org.jspecify.annotations.Nullable;

/**
 * A request for a guarded block.
 *
 * @param bytes the requested size in bytes
 * @param accounted the number of bytes with which the block counts in its type's statistics
 * @param dumped whether core dumps contain the block
 * @param sampled whether the block is a sample; the number of live samples is limited
 * @param owner the number of the type
 * @param type the name of the type
 * @param module the module that owns the type
 * @param site the call stack of the request; null if it is unknown
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
