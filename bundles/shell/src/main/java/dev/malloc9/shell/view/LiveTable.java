package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.memstat.view.Json;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A sample of the live view: the current figures of memory types or zones, and their changes since the previous sample.
 *
 * @param rows the rows in their order
 * @param layout the columns and formats
 */
public record LiveTable(List<Row> rows, Layout layout) implements View {

    private static final String UNKNOWN = "-";

    /**
     * The figures of one type or zone in a sample.
     *
     * @param owner the bundle that owns the type; null for a zone
     * @param count the number of blocks or items in use
     * @param bytes the bytes in use
     * @param requests the number of requests so far
     */
    public record Figures(String name, @Nullable ModuleId owner, long count, long bytes, long requests) {}

    /**
     * A type or zone with its changes.
     *
     * @param growth the change of the bytes in use since the previous sample; null if that sample was empty or there was none
     * @param rate the requests per second since the previous sample; null as {@code growth}
     */
    public record Row(
            Figures now, @Nullable Long growth, @Nullable Double rate) {}

    /** The order of the rows. An unknown change counts as 0, and rows of equal weight are sorted by name. */
    public enum Order {
        /** The row with the most bytes in use comes first. */
        BYTES,
        /** The row whose bytes in use have grown most comes first. */
        GROWTH,
        /** The row with the most requests per second comes first. */
        RATE;

        /** Returns the word for the order on the command line. */
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
     * The columns and formats of the table.
     *
     * @param head the head of the column of names
     * @param order the order of the rows
     * @param bundles whether there is a column for the bundle
     * @param sizes the format of memory in the text; {@link Sizes#EXACT} shows the bytes in use in KiB, rounded up, and the growth in
     *     bytes. JSON has bytes.
     */
    public record Layout(String head, Order order, boolean bundles, Sizes sizes) {}

    /**
     * Compares two samples. A type or zone without requests and without blocks or items in use gets no row. If the previous sample does not
     * have a type or zone, its former figures count as 0.
     *
     * @param before the previous sample; empty for the first one
     * @param nanos the time between the two in nanoseconds
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

    /** The identity of a type or zone across samples. Types of the same name and bundle are numbered from 1 in the order of the sample. */
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
