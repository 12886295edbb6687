package dev.malloc9.shell.view;

import dev.malloc9.memstat.view.Table;

/**
 * A table of memory types or zones in memstat's layout.
 *
 * @param table the table; the tables of vmstat and show have a method {@code types()} with memstat's types
 */
public record MemoryTable(Table table) implements View {

    @Override
    public String text() {
        return table.text();
    }

    @Override
    public String json() {
        return table.json();
    }
}
