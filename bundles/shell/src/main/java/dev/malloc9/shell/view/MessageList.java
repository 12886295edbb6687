package dev.malloc9.shell.view;

import dev.malloc9.memstat.view.Json;
import java.util.List;

/**
 * The kernel's messages, one a line. In the text, a line feed within a message is escaped.
 *
 * @param messages the messages, oldest first
 */
public record MessageList(List<String> messages) implements View {

    @Override
    public String text() {
        return new Lines(messages).text();
    }

    @Override
    public String json() {
        return Json.write("dmesg", messages, (fields, all) -> fields.texts("message", all));
    }
}
