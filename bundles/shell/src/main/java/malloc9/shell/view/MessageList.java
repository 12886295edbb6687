package malloc9.shell.view;

import java.util.List;
import malloc9.memstat.view.Json;

/**
 * The kernel's messages, one a line.
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
