package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.TypeListing;
import dev.malloc9.memstat.view.Json;

/**
 * The kernel debugger's {@code show malloc} as text. The figures are written straight into a buffer, without a lock and without waiting.
 *
 * @param text the lines, escaped
 */
public record Listing(String text) implements View {

    /** The initial capacity of the buffer in characters, enough for about a thousand types. */
    private static final int ROOM = 1 << 16;

    /** Returns the current figures of all registered types, newest first. */
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
