package malloc9.api.runtime;

import java.time.Instant;
import java.util.List;

/**
 * Memory that was written to where nobody may write: beside a block, or where a block was until it was freed.
 *
 * @param kind where
 * @param time when it was found, not when it was done
 * @param address the block's, as it was handed out
 * @param offset of the first byte that is not as it should be, from the address; negative below the block
 * @param bytes how many are not as they should be
 * @param size what was asked for
 * @param type the block's type, or the last one it was of; empty if nobody knows
 * @param owner whose type that is
 * @param allocated the stack of the allocation, innermost frame first; empty if it was not captured
 * @param freed that of the free; empty while the block is in use
 * @param report what the console says of it, line by line
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

    /** Where memory was written to. */
    public enum Kind {
        /** Below a block (redzone). */
        UNDERFLOW,
        /** Above a block (redzone). */
        OVERFLOW,
        /** In a block that was freed (trash). */
        AFTER_FREE
    }
}
