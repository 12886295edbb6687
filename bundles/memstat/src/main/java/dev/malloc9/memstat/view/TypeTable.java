package dev.malloc9.memstat.view;

import dev.malloc9.memstat.MemoryType;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The table of types in the format of {@code vmstat -m} (FreeBSD 5.3 to 12). Types that were never used are left out.
 *
 * <p>Counts are differences, as in libmemstat, and may be negative if the reading raced with the allocator. A bit of the mask is
 * shown as the largest size class that it stands for. With finer presets of size classes, a bit also stands for the other classes of
 * its octave. The mask does not tell which of them were requested.
 *
 * @param types the types, oldest registration first
 */
public record TypeTable(List<MemoryType> types) implements Table {

    private static final String HEAD = String.format(
            Locale.ROOT, "%13s %5s %6s %7s %8s  Size(s)", "Type", "InUse", "MemUse", "HighUse", "Requests");
    private static final int SMALLEST_CLASS_SHIFT = 4;

    @Override
    public String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (MemoryType type : used()) {
            String sizes = sizes(type).stream().map(String::valueOf).collect(Collectors.joining(","));
            text.append(String.format(
                    Locale.ROOT,
                    "\n%s %5d %5dK %7s %8d  %s",
                    Printable.right(Printable.of(type.name()), 13),
                    type.count(),
                    (type.bytes() + 1023) / 1024,
                    "-",
                    type.numallocs(),
                    sizes));
        }
        return text.toString();
    }

    @Override
    public String json() {
        return Json.write(
                "malloc-statistics",
                "memory",
                used(),
                (fields, type) -> fields.text("type", type.name())
                        .signed("in-use", type.count())
                        .signed("memory-use", type.bytes())
                        .unsigned("requests", type.numallocs())
                        .numbers("size", sizes(type)));
    }

    private List<MemoryType> used() {
        return types.stream()
                .filter(type -> type.numallocs() != 0 || type.count() != 0)
                .toList();
    }

    private static List<Long> sizes(MemoryType type) {
        return IntStream.range(0, Integer.SIZE)
                .filter(i -> (type.sizemask() & (1L << i)) != 0)
                .mapToObj(i -> 1L << (i + SMALLEST_CLASS_SHIFT))
                .toList();
    }
}
