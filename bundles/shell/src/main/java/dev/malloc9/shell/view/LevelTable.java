package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.Level;
import dev.malloc9.api.runtime.ModuleId;
import dev.malloc9.memstat.view.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The levels of checking, one a line.
 *
 * @param rows the levels in their order; the command puts the kernel's level first
 */
public record LevelTable(List<Row> rows) implements View {

    private static final String ALL = "-";

    /**
     * A level that is set.
     *
     * @param module the bundle; null if the level is the kernel's
     * @param type the type; null if the level applies to all types of the bundle
     */
    public record Row(
            Level level,
            @Nullable ModuleId module,
            @Nullable String type) {}

    @Override
    public String text() {
        Columns columns = new Columns("LEVEL", "BUNDLE", "TYPE");
        for (Row row : rows) {
            columns.add(
                    row.level(),
                    row.module() == null ? ALL : ModuleTable.fullName(row.module()),
                    row.type() == null ? ALL : row.type());
        }
        return columns.toString();
    }

    @Override
    public String json() {
        return Json.write(
                "level",
                "level",
                rows,
                (fields, row) -> Common.module(fields.text("level", row.level().name()), row.module())
                        .text("type", row.type()));
    }
}
