package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.PanicRecord;
import dev.malloc9.memstat.view.Json;
import java.util.List;

/**
 * The contained panics, one record a line, with the number of equal panics. Of each message, the text shows only the first line; JSON has
 * all lines.
 *
 * @param panics the panics, oldest first
 */
public record PanicTable(List<PanicRecord> panics) implements View {

    private static final String NONE = "no panics";

    @Override
    public String text() {
        if (panics.isEmpty()) {
            return NONE;
        }
        Columns columns = new Columns("WHEN", "BUNDLE", "THREAD", "PANIC");
        for (PanicRecord panic : panics) {
            columns.add(
                    Clock.text(panic.when()),
                    ModuleTable.fullName(panic.who()),
                    panic.thread(),
                    panic.message().lines().findFirst().orElse("")
                            + (panic.count() == 1 ? "" : " (" + panic.count() + " times)"));
        }
        return columns.toString();
    }

    @Override
    public String json() {
        return Json.write(
                "panics",
                "panic",
                panics,
                (fields, panic) -> Common.module(fields.text("when", Clock.text(panic.when())), panic.who())
                        .text("thread", panic.thread())
                        .text("message", panic.message())
                        .signed("count", panic.count()));
    }
}
