package dev.malloc9.memstat.view;

import dev.malloc9.memstat.MemoryType;
import java.util.List;
import java.util.Locale;

/**
 * The table of all types in the format of the kernel debugger's {@code show malloc}, newest first.
 *
 * <p>Counts are unsigned, as in the debugger. A type whose frees were counted before its allocations therefore shows a huge number.
 * In JSON the number in use and the memory are signed.
 *
 * @param types the types, oldest registration first
 */
public record MallocTable(List<MemoryType> types) implements Table {

    private static final String HEAD =
            String.format(Locale.ROOT, "%18s %12s  %12s %12s", "Type", "InUse", "MemUse", "Requests");

    @Override
    public String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (MemoryType type : types.reversed()) {
            text.append(String.format(
                    Locale.ROOT,
                    "\n%s %12s %12sK %12s",
                    Printable.right(Printable.of(type.name()), 18),
                    Long.toUnsignedString(type.count()),
                    Long.toUnsignedString(Long.divideUnsigned(type.bytes() + 1023, 1024)),
                    Long.toUnsignedString(type.numallocs())));
        }
        return text.toString();
    }

    @Override
    public String json() {
        return Json.write(
                "malloc-statistics",
                "memory",
                types.reversed(),
                (fields, type) -> fields.text("type", type.name())
                        .signed("in-use", type.count())
                        .signed("memory-use", type.bytes())
                        .unsigned("requests", type.numallocs()));
    }
}
