package dev.malloc9.shell.view;

import dev.malloc9.memstat.view.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * The result of {@code memguard}: knobs of MemGuard, and notes about chosen names that no registered type has.
 *
 * @param knobs all knobs of MemGuard, or the one that was set, in the layout of sysctl
 * @param notes the notes, one line each, with unprintable characters escaped
 */
public record GuardView(KnobTable knobs, List<String> notes) implements View {

    @Override
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add(knobs.text());
        lines.addAll(notes);
        return String.join("\n", lines);
    }

    @Override
    public String json() {
        return Json.write(
                "memguard",
                this,
                (fields, all) -> fields.rows("knob", all.knobs().rows(), (knob, row) -> knobs.fields(knob, row))
                        .texts("note", all.notes()));
    }
}
