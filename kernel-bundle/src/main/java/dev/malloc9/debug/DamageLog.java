package dev.malloc9.debug;

import dev.malloc9.api.runtime.Damage;
import dev.malloc9.debug.Pattern.Span;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates the description of damage from a range of damaged bytes. */
final class DamageLog {

    private DamageLog() {}

    /**
     * Returns the description of a range of damaged bytes, with the current time.
     *
     * @param block the offset of the block's first byte, in the same memory as the span's offset
     * @param freed the call stack of the free; null if there is none
     * @param report the lines for the operator
     */
    static Damage of(
            Damage.Kind kind, Span span, long block, BlockRecord record, @Nullable Site freed, List<String> report) {
        return new Damage(
                kind,
                Instant.now(),
                record.address,
                span.first() - block,
                span.bytes(),
                record.bytes,
                record.type,
                record.module,
                frames(record.allocated),
                frames(freed),
                report);
    }

    private static List<String> frames(@Nullable Site site) {
        return site == null ? List.of() : site.frames();
    }
}
