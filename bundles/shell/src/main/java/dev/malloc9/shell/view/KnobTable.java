package dev.malloc9.shell.view;

import dev.malloc9.api.sysctl.Knob;
import dev.malloc9.memstat.view.Json;
import dev.malloc9.memstat.view.Json.Fields;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of knobs in the layout of sysctl(8).
 *
 * @param rows the knobs in their order
 * @param what the part of each knob that is shown beside its name
 * @param names whether the first line of a knob begins with its name. Ignored for {@link What#NAME} and in JSON, which always have the
 *     names.
 */
public record KnobTable(List<Row> rows, What what, boolean names) implements View {

    private static final String SEPARATOR = ": ";

    /** The part of a knob that is shown beside its name. */
    public enum What {
        /** The value of the knob. If the command has set the knob, its former value is shown too. */
        VALUE,
        /**
         * The description of the knob, its unit and default, and the times at which it can be set. A knob that can be set also has its
         * range.
         */
        DESCRIPTION,
        /** No further part: only the name is shown. */
        NAME
    }

    /**
     * A knob.
     *
     * @param value the value as text; empty if values are not shown
     * @param before the value before the knob was set; null if the knob was not set
     */
    public record Row(Knob knob, String value, @Nullable String before) {}

    @Override
    public String text() {
        List<String> lines = new ArrayList<>();
        rows.forEach(row -> lines.addAll(lines(row)));
        return new Lines(lines).text();
    }

    @Override
    public String json() {
        return Json.write("sysctl", "knob", rows, this::fields);
    }

    /** Adds the JSON fields of one knob. */
    void fields(Fields fields, Row row) throws IOException {
        Knob knob = row.knob();
        fields.text("name", knob.name());
        switch (what) {
            case VALUE -> {
                fields.text("value", row.value());
                if (row.before() != null) {
                    fields.text("before", row.before());
                }
            }
            case DESCRIPTION ->
                fields.text("description", knob.description())
                        .text("unit", knob.unit())
                        .text("range", knob.bounds())
                        .text("default", knob.standard())
                        .flag("writable", knob.isWritable())
                        .flag("tunable", knob.isTunable());
            case NAME -> {}
        }
    }

    /** Returns the lines of one knob. A value of several lines begins after the name, and its last line feed is dropped. */
    private List<String> lines(Row row) {
        if (what == What.NAME) {
            return List.of(row.knob().name());
        }
        String said = what == What.DESCRIPTION ? description(row.knob()) : row.value();
        if (row.before() != null) {
            said = row.before() + " -> " + said;
        }
        List<String> lines = new ArrayList<>(
                (names ? row.knob().name() + SEPARATOR + said : said).lines().toList());
        if (lines.isEmpty()) {
            lines.add("");
        }
        return lines;
    }

    private static String description(Knob knob) {
        List<String> more = new ArrayList<>();
        if (!knob.unit().isEmpty()) {
            more.add("in " + knob.unit());
        }
        if (!knob.bounds().isEmpty() && (knob.isTunable() || knob.isWritable())) {
            more.add(knob.bounds());
        }
        if (knob.isTunable()) {
            more.add(knob.isWritable() ? "set now or at boot" : "set at boot");
        } else if (knob.isWritable()) {
            more.add("set now");
        }
        if (!knob.standard().isEmpty()) {
            more.add("default: " + knob.standard());
        }
        return more.isEmpty() ? knob.description() : knob.description() + " (" + String.join("; ", more) + ")";
    }
}
