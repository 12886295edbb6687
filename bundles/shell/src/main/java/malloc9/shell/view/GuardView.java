package malloc9.shell.view;

import java.util.ArrayList;
import java.util.List;
import malloc9.memstat.view.Json;

/**
 * What MemGuard guards: its knobs, and which chosen names are of no type that there is.
 *
 * @param knobs as sysctl shows them
 * @param notes one line each
 */
public record GuardView(KnobTable knobs, List<String> notes) implements View {

    @Override
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add(knobs.text());
        notes.stream().map(note -> new Lines(List.of(note)).text()).forEach(lines::add);
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
