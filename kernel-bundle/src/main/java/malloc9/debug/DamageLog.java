package malloc9.debug;

import java.time.Instant;
import java.util.List;
import malloc9.api.runtime.Damage;
import malloc9.debug.Pattern.Span;
import org.jspecify.annotations.Nullable;

/** Makes of a span that is not as it should be what is told of it. */
final class DamageLog {

    private DamageLog() {}

    /** @param block where in the memory that the span is counted in the block begins */
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
