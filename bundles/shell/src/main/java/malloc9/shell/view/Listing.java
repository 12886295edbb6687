package malloc9.shell.view;

import malloc9.api.runtime.MallocRuntime;
import malloc9.api.runtime.TypeListing;
import malloc9.memstat.view.Json;

/**
 * The kernel debugger's {@code show malloc} as text, written straight into a buffer: it waits for nobody.
 *
 * @param text its lines, escaped
 */
public record Listing(String text) implements View {

    /** Characters that are made room for at once: a thousand types. */
    private static final int ROOM = 1 << 16;

    /** All types as they stand now. */
    public static Listing of(MallocRuntime kernel) {
        StringBuilder out = new StringBuilder(ROOM);
        kernel.show(new TypeListing(out));
        return new Listing(out.toString());
    }

    @Override
    public String json() {
        return Json.write(
                "malloc-statistics",
                text,
                (fields, lines) -> fields.texts("line", lines.lines().toList()));
    }
}
