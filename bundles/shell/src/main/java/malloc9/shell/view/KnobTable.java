package malloc9.shell.view;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import malloc9.api.sysctl.Knob;
import malloc9.memstat.view.Json;
import malloc9.memstat.view.Json.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Knobs as sysctl(8) shows them.
 *
 * @param rows in their order
 * @param what is shown of each
 * @param names whether the text begins with the name
 */
public record KnobTable(List<Row> rows, What what, boolean names) implements View {

    private static final String SEPARATOR = ": ";

    /** What is shown of a knob beside its name. */
    public enum What {
        /** Its value; of a knob that was set, what it was before, too. */
        VALUE,
        /** What it is for, and when it can be set. */
        DESCRIPTION,
        /** Nothing. */
        NAME
    }

    /**
     * One knob.
     *
     * @param value its value as text; empty if that is not shown
     * @param before its value before it was set; null if it was not
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

    /** The fields of one. */
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

    /** A value of several lines begins behind the name, and its last line feed is the shell's own. */
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
