package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.BlockGroup;
import dev.malloc9.api.runtime.CallStack;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.memstat.view.Json.Fields;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the JSON fields that several results have, with the same names in all of them, and converts their values. */
final class Common {

    private Common() {}

    /** Adds the fields of the owning bundle and returns {@code fields}; the values are null if there is no owner. */
    static Fields module(Fields fields, @Nullable ModuleId module) throws IOException {
        return fields.text("bundle", module == null ? null : module.shortName())
                .text("version", module == null ? null : module.version())
                .signed("bundle-id", module == null ? null : (Long) module.bundleId());
    }

    /** Adds the fields of a group of blocks of one type and site, and those of its owner. */
    static void group(Fields fields, BlockGroup group) throws IOException {
        module(fields, group.owner())
                .text("type", group.type())
                .signed("bytes", group.bytes())
                .signed("count", group.count())
                .signed("oldest-ms", millis(group.oldest()))
                .texts("site", frames(group.site()));
    }

    /** Returns the frames of a stack, innermost first; empty if no stack was recorded. */
    static List<String> frames(CallStack stack) {
        return stack.frames().stream().map(StackTraceElement::toString).toList();
    }

    static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : (Long) duration.toMillis();
    }

    /** Returns the address in hexadecimal digits with the prefix 0x. */
    static String hex(long address) {
        return "0x" + Long.toHexString(address);
    }
}
