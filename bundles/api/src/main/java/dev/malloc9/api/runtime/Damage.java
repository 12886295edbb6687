package dev.malloc9.api.runtime;

import java.time.Instant;
import java.util.List;

/**
 * A report of memory that was overwritten beside a block, or in a block after its free (redzone(9), trash).
 *
 * @param kind the place of the damage
 * @param time the time at which the damage was found, not the time of the write
 * @param address the address of the block, as it was handed out
 * @param offset the offset in bytes of the first damaged byte from the address; negative below the block, also after the free
 * @param bytes the number of damaged bytes
 * @param size the requested size of the block in bytes
 * @param type the name of the block's type; for freed memory, of its last type
 * @param owner the bundle that declares the type
 * @param allocated the stack of the allocation, innermost frame first; empty if it was not captured
 * @param freed the stack of the free, innermost frame first; empty if no free was made or its stack was not captured
 * @param report the text for the console, line by line
 */
public record Damage(
        Kind kind,
        Instant time,
        long address,
        long offset,
        long bytes,
        long size,
        String type,
        ModuleId owner,
        List<String> allocated,
        List<String> freed,
        List<String> report) {

    /** The place of the damage. */
    public enum Kind {
        /** Below a block (redzone). */
        UNDERFLOW,
        /** Above a block (redzone). */
        OVERFLOW,
        /** In a block after its free (trash). */
        AFTER_FREE
    }
}
