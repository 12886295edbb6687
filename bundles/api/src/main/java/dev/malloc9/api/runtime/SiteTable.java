package dev.malloc9.api.runtime;

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
 * The table {@code BYTES COUNT OLDEST SITE} of blocks by site, as the kernel reports it at a bundle's stop and {@code leaks} shows it. It
 * has a header, a row for each group in the given order up to {@code rows}, one row for the groups beyond them if there are any, and a sum.
 *
 * @param groups the groups of blocks
 * @param rows the largest number of groups with a row of their own; a negative number is taken as 0
 * @param named whether groups without a site are shown with their type and bundle
 * @param sizes the function that formats a number of bytes
 */
public record SiteTable(List<BlockGroup> groups, int rows, boolean named, LongFunction<String> sizes) {

    /** The number of rows in a report at a bundle's stop. */
    public static final int AT_STOP = 10;

    private static final String UNKNOWN = "-";

    /**
     * Creates a table that shows sizes as plain numbers of bytes.
     *
     * @param groups the groups of blocks, in the order of their rows
     * @param rows the largest number of groups with a row of their own; a negative number is taken as 0
     * @param named whether groups without a site are shown with their type and bundle
     */
    public SiteTable(List<BlockGroup> groups, int rows, boolean named) {
        this(groups, rows, named, Long::toString);
    }

    /** {@return the lines: header, rows, sum} Names that come from bundles are not escaped; the caller must escape them before printing. */
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

    /**
     * {@return an age in its largest unit, rounded down: {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}}
     *
     * @param age the age; null gives {@code "-"}
     */
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
