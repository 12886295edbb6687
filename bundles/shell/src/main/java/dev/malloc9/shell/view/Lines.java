package dev.malloc9.shell.view;

import dev.malloc9.memstat.view.Json;
import dev.malloc9.memstat.view.Printable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The lines of a text. In the text, backslashes and characters that are not printable are escaped.
 *
 * @param lines the lines, without line feeds
 */
public record Lines(List<String> lines) implements View {

    @Override
    public String text() {
        return lines.stream().map(Printable::of).collect(Collectors.joining("\n"));
    }

    @Override
    public String json() {
        return Json.write("text", lines, (fields, all) -> fields.texts("line", all));
    }
}
