package dev.malloc9.shell.view;

import dev.malloc9.memstat.view.Json;
import java.util.List;

/**
 * The types that share zones, one a line, in the layout of the kernel debugger's {@code show multizone_matches}.
 *
 * @param types the names in their order
 */
public record MatchList(List<String> types) implements View {

    @Override
    public String text() {
        return new Lines(types).text();
    }

    @Override
    public String json() {
        return Json.write("multizone-matches", types, (fields, all) -> fields.texts("type", all));
    }
}
