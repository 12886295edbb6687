package malloc9.api.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code BYTES COUNT OLDEST SITE} of blocks by site, as the kernel tells it at a bundle's stop and {@code leaks} shows it: a row
 * for each group, in their order, what there is no row for in one more, and a sum.
 *
 * @param groups the blocks
 * @param rows how many groups have a row of their own at most
 * @param named whether blocks without a site are told by their type and bundle
 * @param sizes how bytes are written
 */
public record SiteTable(List<BlockGroup> groups, int rows, boolean named, LongFunction<String> sizes) {

    /** Rows at a bundle's stop. */
    public static final int AT_STOP = 10;

    private static final String UNKNOWN = "-";

    /** A table with sizes to the byte. */
    public SiteTable(List<BlockGroup> groups, int rows, boolean named) {
        this(groups, rows, named, Long::toString);
    }

    /** The lines, which have what bundles call themselves as it is: who prints them escapes them. */
    public List<String> lines() {
        List<String[]> cells = new ArrayList<>();
        cells.add(new String[] {"BYTES", "COUNT", "OLDEST", "SITE"});
        int shown = groups.size() <= rows ? groups.size() : Math.max(0, rows);
        for (BlockGroup group : groups.subList(0, shown)) {
            cells.add(row(group.bytes(), group.count(), group.oldest(), site(group)));
        }
        List<BlockGroup> others = groups.subList(shown, groups.size());
        if (!others.isEmpty()) {
            cells.add(sum(others, "(" + others.size() + " more)"));
        }
        cells.add(sum(groups, "sum"));
        int[] widths = new int[3];
        for (String[] row : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        String format = "%" + widths[0] + "s  %" + widths[1] + "s  %" + widths[2] + "s  %s";
        return cells.stream()
                .map(row -> String.format(Locale.ROOT, format, (Object[]) row))
                .toList();
    }

    /** An age in its largest unit, rounded down. */
    public static String age(@Nullable Duration age) {
        if (age == null) {
            return UNKNOWN;
        }
        if (age.toSeconds() == 0) {
            return age.toMillis() + "ms";
        }
        if (age.toMinutes() == 0) {
            return age.toSeconds() + "s";
        }
        if (age.toHours() == 0) {
            return age.toMinutes() + "m";
        }
        return age.toDays() == 0 ? age.toHours() + "h" : age.toDays() + "d";
    }

    private String site(BlockGroup group) {
        return named && group.site().frames().isEmpty()
                ? group.site() + " of type " + group.type() + " of " + group.owner()
                : group.site().toString();
    }

    private String[] sum(List<BlockGroup> groups, String what) {
        Stream<Duration> ages = groups.stream().map(BlockGroup::oldest).filter(Objects::nonNull);
        return row(
                groups.stream().mapToLong(BlockGroup::bytes).sum(),
                groups.stream().mapToLong(BlockGroup::count).sum(),
                ages.max(Comparator.naturalOrder()).orElse(null),
                what);
    }

    private String[] row(long bytes, long count, @Nullable Duration oldest, String what) {
        return new String[] {sizes.apply(bytes), Long.toString(count), age(oldest), what};
    }
}
