package malloc9.shell.view;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import malloc9.api.runtime.TypeStats;

/**
 * The types as {@code vmstat -m} shows them (FreeBSD 5.3 to 12): unused ones are left out.
 *
 * <p>Counts are differences as libmemstat takes them: a reader that races with writers may see some below 0.
 *
 * @param types oldest registration first
 */
public record TypeTable(List<TypeStats> types) implements View {

    private static final String HEAD =
            "%13s %5s %6s %7s %8s  Size(s)".formatted("Type", "InUse", "MemUse", "HighUse", "Requests");
    private static final int SMALLEST_CLASS_SHIFT = 4;

    @Override
    public String text() {
        StringBuilder text = new StringBuilder(HEAD);
        for (TypeStats type : types) {
            long count = type.allocs() - type.frees();
            long bytes = type.allocated() - type.freed();
            if (type.allocs() != 0 || count != 0) {
                text.append("\n%13s %5d %5dK %7s %8d  %s"
                        .formatted(
                                Printable.of(type.name()),
                                count,
                                (bytes + 1023) / 1024,
                                "-",
                                type.allocs(),
                                sizes(type.sizeMask())));
            }
        }
        return text.toString();
    }

    private static String sizes(int mask) {
        return IntStream.range(0, Integer.SIZE)
                .filter(i -> (mask & (1 << i)) != 0)
                .mapToObj(i -> Long.toString(1L << (i + SMALLEST_CLASS_SHIFT)))
                .collect(Collectors.joining(","));
    }
}
