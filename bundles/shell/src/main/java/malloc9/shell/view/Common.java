package malloc9.shell.view;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import malloc9.api.runtime.BlockGroup;
import malloc9.api.runtime.CallStack;
import malloc9.api.runtime.ModuleId;
import malloc9.memstat.view.Json.Fields;
import org.jspecify.annotations.Nullable;

/** The fields that several results have, named alike in all of them. */
final class Common {

    private Common() {}

    /** Whose something is; all null if nobody's. */
    static Fields module(Fields fields, @Nullable ModuleId module) throws IOException {
        return fields.text("bundle", module == null ? null : module.name())
                .text("version", module == null ? null : module.version())
                .signed("bundle-id", module == null ? null : (Long) module.bundleId());
    }

    /** Blocks of one type and site. */
    static void group(Fields fields, BlockGroup group) throws IOException {
        module(fields, group.owner())
                .text("type", group.type())
                .signed("bytes", group.bytes())
                .signed("count", group.count())
                .signed("oldest-ms", millis(group.oldest()))
                .texts("site", frames(group.site()));
    }

    /** The frames of a stack, innermost first; none if nobody looked. */
    static List<String> frames(CallStack stack) {
        return stack.frames().stream().map(StackTraceElement::toString).toList();
    }

    static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : (Long) duration.toMillis();
    }

    /** An address as it is written everywhere. */
    static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
