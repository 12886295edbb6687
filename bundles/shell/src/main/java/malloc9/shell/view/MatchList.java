package malloc9.shell.view;

import java.util.List;
import malloc9.memstat.view.Json;

/**
 * Types that share zones, one a line, as the kernel debugger's {@code show multizone_matches} shows them.
 *
 * @param types newest first
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
