package malloc9.shell.view;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import malloc9.api.runtime.ModuleId;
import malloc9.memstat.view.Json;
import org.jspecify.annotations.Nullable;

/**
 * One look of the live view: what memory types or zones have now, and what has become of them since the look before.
 *
 * @param rows in the order asked for
 * @param layout what of them is shown
 */
public record LiveTable(List<Row> rows, Layout layout) implements View {

    private static final String UNKNOWN = "-";

    /** What a look sees of one type or zone. */
    public record Figures(String name, @Nullable ModuleId owner, long count, long bytes, long requests) {}

    /**
     * A type or zone.
     *
     * @param growth bytes more than at the look before; null at the first look
     * @param rate requests a second since then; null likewise
     */
    public record Row(
            Figures now, @Nullable Long growth, @Nullable Double rate) {}

    /** What comes first. */
    public enum Order {
        /** The most bytes. */
        BYTES,
        /** What has grown by the most bytes. */
        GROWTH,
        /** The most requests a second. */
        RATE;

        /** As it is written on the command line. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        private double weight(Row row) {
            return switch (this) {
                case BYTES -> row.now().bytes();
                case GROWTH -> row.growth() == null ? 0 : row.growth();
                case RATE -> row.rate() == null ? 0 : row.rate();
            };
        }
    }

    /**
     * How it is shown.
     *
     * @param head of the column of names
     * @param order of the rows
     * @param bundles whether there is a column for the bundle
     * @param sizes how memory is written; {@link Sizes#EXACT} is FreeBSD's KiB
     */
    public record Layout(String head, Order order, boolean bundles, Sizes sizes) {}

    /**
     * Compares two looks.
     *
     * @param before the earlier one; empty at the first
     * @param nanos between the two
     */
    public static LiveTable of(List<Figures> before, List<Figures> now, long nanos, Layout layout) {
        Map<Key, Figures> former = keyed(before);
        Comparator<Row> heaviestFirst =
                Comparator.<Row>comparingDouble(layout.order()::weight).reversed();
        return new LiveTable(
                keyed(now).entrySet().stream()
                        .map(entry -> row(former, entry.getKey(), entry.getValue(), nanos))
                        .filter(row -> row.now().requests() != 0 || row.now().count() != 0)
                        .sorted(heaviestFirst.thenComparing(row -> row.now().name()))
                        .toList(),
                layout);
    }

    @Override
    public String text() {
        Columns columns = layout.bundles()
                ? new Columns(">" + layout.head(), ">InUse", ">MemUse", ">Growth", ">Requests", ">Rate", "Bundle")
                : new Columns(">" + layout.head(), ">InUse", ">MemUse", ">Growth", ">Requests", ">Rate");
        for (Row row : rows) {
            Figures now = row.now();
            Object[] cells = {
                now.name(), now.count(), memory(now.bytes()), growth(row), now.requests(), rate(row), bundle(now)
            };
            columns.add(layout.bundles() ? cells : Arrays.copyOf(cells, cells.length - 1));
        }
        return columns.toString();
    }

    @Override
    public String json() {
        return Json.write(
                "vmstat",
                "memory",
                rows,
                (fields, row) -> Common.module(
                        fields.text("name", row.now().name())
                                .signed("in-use", row.now().count())
                                .signed("memory-use", row.now().bytes())
                                .signed("growth", row.growth())
                                .unsigned("requests", row.now().requests())
                                .signed("rate", row.rate() == null ? null : (Long) Math.round(row.rate())),
                        row.now().owner()));
    }

    /** What tells a type of one look in the next; of those of one name and bundle the first is the first. */
    private record Key(String name, @Nullable ModuleId owner, int number) {}

    private static Map<Key, Figures> keyed(List<Figures> look) {
        Map<Key, Figures> keyed = new LinkedHashMap<>();
        Map<Key, Integer> numbers = new HashMap<>();
        for (Figures figures : look) {
            Key first = new Key(figures.name(), figures.owner(), 0);
            int number = Objects.requireNonNull(numbers.merge(first, 1, Integer::sum));
            keyed.put(new Key(figures.name(), figures.owner(), number), figures);
        }
        return keyed;
    }

    private static Row row(Map<Key, Figures> former, Key key, Figures now, long nanos) {
        if (former.isEmpty()) {
            return new Row(now, null, null);
        }
        Figures then = former.get(key);
        long growth = now.bytes() - (then == null ? 0 : then.bytes());
        long requests = now.requests() - (then == null ? 0 : then.requests());
        return new Row(now, growth, requests * (double) TimeUnit.SECONDS.toNanos(1) / Math.max(1, nanos));
    }

    private String memory(long bytes) {
        return layout.sizes() == Sizes.EXACT
                ? (bytes + 1023) / 1024 + "K"
                : layout.sizes().text(bytes);
    }

    private String growth(Row row) {
        Long growth = row.growth();
        return growth == null
                ? UNKNOWN
                : (growth > 0 ? "+" : "") + layout.sizes().text(growth);
    }

    private static String rate(Row row) {
        return row.rate() == null ? UNKNOWN : Math.round(row.rate()) + "/s";
    }

    private static String bundle(Figures figures) {
        return figures.owner() == null ? UNKNOWN : ModuleTable.fullName(figures.owner());
    }
}
