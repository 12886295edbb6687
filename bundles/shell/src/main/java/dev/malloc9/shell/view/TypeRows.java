package dev.malloc9.shell.view;

import dev.malloc9.api.runtime.MallocRuntime;
import dev.malloc9.api.runtime.TypeListing;
import dev.malloc9.memstat.view.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of the kernel debugger's {@code show malloc}.
 *
 * @param rows the types, newest first
 */
public record TypeRows(List<Row> rows) implements View {

    /** The figures of one type, as in {@link dev.malloc9.api.runtime.TypeFigures}. */
    public record Row(String name, long allocs, long frees, long allocated, long freed) {}

    /** Returns the current figures of all registered types, newest first. */
    public static TypeRows of(MallocRuntime kernel) {
        List<Row> rows = new ArrayList<>();
        kernel.show(
                (name, allocs, frees, allocated, freed) -> rows.add(new Row(name, allocs, frees, allocated, freed)));
        return new TypeRows(rows);
    }

    @Override
    public String text() {
        StringBuilder out = new StringBuilder();
        TypeListing listing = new TypeListing(out);
        rows.forEach(row -> listing.type(row.name(), row.allocs(), row.frees(), row.allocated(), row.freed()));
        return out.toString();
    }

    @Override
    public String json() {
        return Json.write(
                "malloc-statistics",
                "memory",
                rows,
                (fields, row) -> fields.text("type", row.name())
                        .signed("in-use", row.allocs() - row.frees())
                        .signed("memory-use", row.allocated() - row.freed())
                        .unsigned("requests", row.allocs()));
    }
}
